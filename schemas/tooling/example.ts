import { isObject } from './is-object.ts'

/**
 * An example event, the same each time. It keeps what an earlier version's example says, so that examples differ only where
 * the schemas do.
 */
export function exampleOf(schema: object, earlier?: unknown): unknown {
  return sampleOf(schema, 'event', {}, earlier, new Map())
}

function sampleOf(
  type: unknown,
  name: string,
  field: Record<string, unknown>,
  earlier: unknown,
  named: Map<string, unknown>,
): unknown {
  if (isObject(type) && type.type === 'record') {
    named.set(String(type.name), type)
    const before = isObject(earlier) ? earlier : {}
    const fields = type.fields as Record<string, unknown>[]
    return Object.fromEntries(
      fields.map(f => [f.name, sampleOf(f.type, String(f.name), f, before[String(f.name)], named)]),
    )
  }
  if (isObject(type) && type.type === 'array') {
    const items = Array.isArray(earlier) && earlier.length > 0 ? earlier : [undefined, undefined]
    return items.map(item => sampleOf(type.items, name, {}, item, named))
  }
  if (Array.isArray(type))
    return sampleOf(
      type.find(t => t !== 'null'),
      name,
      field,
      earlier ?? undefined,
      named,
    )
  if (typeof type === 'string' && named.has(shortName(type)))
    return sampleOf(named.get(shortName(type)), name, field, earlier, named)
  if (earlier !== undefined) return earlier
  if (Array.isArray(field.values)) return field.values[0]
  if (field.sagaId === true) return '01970f2e-8a3c-7d41-b6f0-5c1e9a7b2d48'
  return SAMPLES[String(type)] ?? (name === 'currency' ? 'EUR' : `${name}-1`)
}

/** Numbers that take several bytes, since one byte hides mistakes. */
const SAMPLES: Readonly<Record<string, unknown>> = { boolean: true, int: 300, long: 1250, double: 0.5 }
const shortName = (name: string) => name.slice(name.lastIndexOf('.') + 1)
