import fc from 'fast-check'
import type { JsonSchema } from './check-route.ts'

/**
 * Bodies that a schema of openapi.json accepts, for fuzzing (tests only). Knows what our schemas use: objects, arrays, strings with
 * lengths or a pattern, integers and numbers with bounds, enums, null, anyOf. Throws for another keyword than to test too little.
 */
export function arbitraryOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const s = schema as Record<string, any>
  if ('const' in s) return fc.constant(s.const)
  if (s.enum) return fc.constantFrom(...s.enum)
  const choices = s.anyOf ?? s.oneOf
  if (choices) return fc.oneof(...choices.map(arbitraryOf))
  switch (s.type) {
    case 'object':
      return arbitraryObject(schema)
    case 'array':
      return fc.array(arbitraryOf(s.items), {
        minLength: s.minItems ?? 0,
        maxLength: Math.min(s.maxItems ?? 10, (s.minItems ?? 0) + 10),
        size: 'max',
      })
    case 'string':
      return arbitraryString(s)
    case 'integer':
      return fc.integer({
        min: s.minimum ?? least(s.exclusiveMinimum),
        max: s.maximum ?? Math.min(most(s.exclusiveMaximum), 2 ** 31 - 1),
      })
    case 'number':
      return fc.double({ min: s.minimum ?? -1e9, max: s.maximum ?? 1e9, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
  }
  throw new Error(`no arbitrary for ${JSON.stringify(schema)}: add it here`)
}

const least = (exclusive: number | undefined) => (exclusive === undefined ? -(2 ** 31) : exclusive + 1)
const most = (exclusive: number | undefined) => (exclusive === undefined ? 2 ** 31 - 1 : exclusive - 1)

function arbitraryObject({ properties = {}, required = [] }: JsonSchema): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, arbitraryOf(field)]))
  return fc.record(fields, { requiredKeys: [...required], noNullPrototype: true })
}

function arbitraryString({
  pattern,
  format,
  minLength = 0,
  maxLength = minLength + 20,
}: Record<string, any>): fc.Arbitrary<string> {
  if (format === 'email')
    return fc.emailAddress().filter(email => /^[\w.+-]+@/.test(email) && email.length >= minLength)
  if (format === 'uuid') return fc.uuid({ version: 7 })
  const length = (text: string) => text.length >= minLength && text.length <= maxLength
  if (pattern) return fc.stringMatching(new RegExp(pattern)).filter(text => length(text))
  // What the kit itself refuses in every body: U+0000. fast-check's strings have no lone surrogates.
  return fc.string({ unit: 'binary', minLength, maxLength }).filter(text => !text.includes('\0') && length(text))
}
