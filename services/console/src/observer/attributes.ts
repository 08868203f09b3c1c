/** An index holds them. */
const longest = 200

/** The values of these fields in an event, as text: by them sagas are looked up. Only what stands at its top. */
export function attributesOf(event: unknown, fields: readonly string[]): [name: string, value: string][] {
  if (typeof event !== 'object' || event === null) return []
  return fields.flatMap((name): [string, string][] => {
    const value: unknown = Object.hasOwn(event, name) ? (event as Record<string, unknown>)[name] : undefined
    const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
    return text === '' ? [] : [[name, text.slice(0, longest)]]
  })
}
