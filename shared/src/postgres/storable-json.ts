/**
 * JSON for jsonb and text columns. PostgreSQL can store neither U+0000 nor half a surrogate pair; a message that carries
 * one must still get its failed row, so the copy that is kept for people has them replaced. The message's bytes are kept apart.
 */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value)
  // Hardly any text has an escape by number at all, which is sooner seen than which.
  if (!json.includes('\\u') || !unstorable.test(json)) return json
  return JSON.stringify(value, (_name, item) => storable(item))
}

/** How JSON.stringify writes what PostgreSQL does not take. */
const unstorable = /\\u(0000|d[89a-f])/

/** Names of fields too: an Avro map has any. */
function storable(item: unknown): unknown {
  if (typeof item === 'string') return storableText(item)
  if (item === null || typeof item !== 'object' || Array.isArray(item)) return item
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [storableText(name), value]))
}

export function storableText(text: string): string {
  return (text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text).toWellFormed()
}

/** Bytes as the text that the database reads for bytea. */
export const bytea = (bytes: Uint8Array | null) =>
  bytes && `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`
