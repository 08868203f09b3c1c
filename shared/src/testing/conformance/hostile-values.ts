import type { Message } from '../../messages.ts'
import { readBy } from '../../runtime/rules.ts'
import { type Check, nothing } from './check.ts'
import { mistakesIn, play } from './played.ts'
import type { FieldSchema, RecordSchema } from './schemas.ts'
import type { StageOptions } from './stage.ts'
import { inOrder, placeOf, type Story } from './story.ts'

/**
 * Events that their schema allows and nobody would send: empty, huge, with values that a later version knows. Each ends in
 * an outcome, or in a permanent error of the participant's own; what is thrown otherwise is tried again and again first.
 */
export function hostileValues(o: StageOptions, stories: Readonly<Record<string, Story>>): Check[] {
  const told = Object.values(stories).map(inOrder)
  return readBy(o.participant).flatMap(type => {
    const steps = told.find(each => placeOf(type, each) >= 0)
    if (!steps) return []
    const place = placeOf(type, steps)
    return [
      {
        title: `${type.type} with values that nobody would send is poison to no handler`,
        async check() {
          const found: string[] = []
          const message = steps[place]!.message as unknown as Record<string, unknown>
          for (const [field, value] of variations(type.schema.avro as unknown as RecordSchema)) {
            const changed = { ...steps[place]!, message: { ...message, [field]: value } as unknown as Message }
            const mistakes = mistakesIn(await play(o, [...steps.slice(0, place), changed]))
            found.push(...mistakes.map(mistake => `${field} = ${JSON.stringify(value).slice(0, 40)}: ${mistake}`))
          }
          nothing(found)
        },
      },
    ]
  })
}

function variations({ fields }: RecordSchema): [field: string, value: unknown][] {
  return fields
    .filter(({ sagaId }) => !sagaId)
    .flatMap(field => valuesFor(field).map(value => [field.name, value] as [string, unknown]))
}

function valuesFor({ type, values }: FieldSchema): unknown[] {
  if (Array.isArray(type)) return type.includes('null') ? [null] : []
  if (typeof type === 'object' && (type as { type?: unknown }).type === 'array') return [[]]
  switch (type) {
    case 'string':
      return values ? ['a-value-of-tomorrow'] : ['', 'x'.repeat(10_000), '\u0000', '__proto__']
    case 'long':
      return [0, 2 ** 53 - 2]
    case 'int':
      return [0, 2 ** 31 - 1]
    case 'double':
      return [0, Number.MAX_VALUE]
    default:
      return []
  }
}
