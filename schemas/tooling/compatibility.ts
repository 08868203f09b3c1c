import { isDeepStrictEqual } from 'node:util'
import avro from 'avsc'
import { isObject } from './is-object.ts'

/**
 * Why two versions of an event cannot be in use together; empty when they can. Both directions, since during a deployment
 * old code reads new events and, for as long as a topic keeps them, new code reads old ones. Checked against every earlier
 * version that is FULL_TRANSITIVE.
 * https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html#compatibility-types
 */
export function incompatibilities(newer: object, older: object): string[] {
  return [
    ...unreadable('what was written with it cannot be read any more', newer, older),
    ...unreadable('code that knows only it cannot read what would be written now', older, newer),
    ...attributes(ownAttributes(newer), ownAttributes(older)),
  ]
}

function unreadable(problem: string, reader: object, writer: object): string[] {
  try {
    avro.Type.forSchema(reader as avro.Schema).createResolver(avro.Type.forSchema(writer as avro.Schema))
    return []
  } catch (error) {
    return [`${problem}: ${(error as Error).message}`]
  }
}

/** What Avro does not know: where the event is, whose it is, and which values it may hold. */
function attributes(now: OwnAttributes, before: OwnAttributes): string[] {
  const problems: string[] = []
  if (now.topic !== before.topic)
    problems.push(`the topic was ${before.topic} and is ${now.topic}: readers of the old one would wait for ever`)
  if (!isDeepStrictEqual(now.sagaIds, before.sagaIds))
    problems.push(
      `the saga id was in ${before.sagaIds.join()} and is in ${now.sagaIds.join()}: events of one saga would get two keys`,
    )
  for (const [path, type] of now.fields) {
    const earlier = before.fields.get(path)
    if (earlier !== undefined && earlier !== type)
      problems.push(`${path} was ${earlier} and is ${type}: a field keeps its type; add one with a default instead`)
  }
  for (const [path, values] of now.values) {
    if (!before.fields.has(path)) continue
    const earlier = before.values.get(path)
    if (!earlier) problems.push(`${path} could hold any text and has "values" now: older events may hold others`)
    const gone = earlier?.filter(value => !values.includes(value)) ?? []
    if (gone.length > 0)
      problems.push(
        `${path} may not hold ${gone.join(', ')} any more: older events do; keep the value, even if nothing writes it`,
      )
  }
  return problems
}

interface OwnAttributes {
  readonly topic: string
  readonly sagaIds: string[]
  /** The type of each, by its path. */
  readonly fields: Map<string, string>
  readonly values: Map<string, readonly string[]>
}

function ownAttributes(schema: object): OwnAttributes {
  const found: OwnAttributes = {
    topic: String((schema as { topic?: unknown }).topic),
    sagaIds: [],
    fields: new Map(),
    values: new Map(),
  }
  collect(schema, '', found)
  return found
}

function collect(type: unknown, path: string, found: OwnAttributes): void {
  if (Array.isArray(type)) for (const branch of type) collect(branch, path, found)
  if (!isObject(type)) return
  if (type.type === 'array') collect(type.items, `${path}[]`, found)
  if (type.type !== 'record') return
  for (const field of type.fields as Record<string, unknown>[]) {
    const at = path ? `${path}.${String(field.name)}` : String(field.name)
    found.fields.set(at, kindOf(field.type))
    if (field.sagaId === true) found.sagaIds.push(at)
    if (Array.isArray(field.values)) found.values.set(at, field.values)
    collect(field.type, at, found)
  }
}

/** Without what is inside: that has paths of its own. */
function kindOf(type: unknown): string {
  if (Array.isArray(type)) return type.map(kindOf).join(' or ')
  const name = String(isObject(type) ? (type.type === 'record' ? type.name : type.type) : type)
  return name.slice(name.lastIndexOf('.') + 1)
}
