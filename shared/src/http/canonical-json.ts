/** Deeper than any body of ours, and far from where recursion would end the process. */
const deepest = 32

/** The way to a value from its end, which becomes a pointer only if something is wrong there. */
interface At {
  readonly part: string | number
  readonly of: At | undefined
}

/** `at` is a JSON pointer. */
export class UnusableJson extends Error {
  readonly at: string
  constructor(at: At | undefined, message: string) {
    super(message)
    this.name = 'UnusableJson'
    this.at = pointerTo(at)
  }
}

/**
 * JSON with sorted keys and no spaces, so that the same body hashes the same however a client orders its fields.
 * @throws UnusableJson for what is JSON but that no database column can hold, or that nobody sends in good faith:
 * U+0000 and lone surrogates (PostgreSQL refuses both, which would make the message fail for ever), `__proto__`, deep nesting.
 */
export function canonicalJson(value: unknown, at?: At, depth = 0): string {
  if (depth > deepest) throw new UnusableJson(at, `is nested more than ${deepest} levels deep`)
  if (typeof value === 'string') return JSON.stringify(storable(value, at))
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value))
    return `[${value.map((item, part) => canonicalJson(item, { part, of: at }, depth + 1)).join(',')}]`

  let fields = ''
  for (const name of Object.keys(value).sort()) {
    const place = { part: name, of: at }
    if (name === '__proto__') throw new UnusableJson(place, 'is no name for a field')
    fields += `${fields && ','}${JSON.stringify(storable(name, place))}:${canonicalJson(value[name as never], place, depth + 1)}`
  }
  return `{${fields}}`
}

const pointerTo = (at: At | undefined): string => (at ? `${pointerTo(at.of)}/${pointerPart(at.part)}` : '')

/** RFC 6901. */
export const pointerPart = (name: string | number) => String(name).replaceAll('~', '~0').replaceAll('/', '~1')

export function storable(text: string, at?: At): string {
  if (text.includes('\0')) throw new UnusableJson(at, 'contains the character U+0000')
  if (!text.isWellFormed()) throw new UnusableJson(at, 'contains half of a surrogate pair')
  return text
}
