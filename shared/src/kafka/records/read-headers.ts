import { CorruptBatch, type Cursor } from './cursor.ts'

/** Of a header that a record has more than once all values, in their order. */
export type HeaderValues = Buffer | null | (Buffer | null)[]

/** Goes over a record's headers and looks whether they can be read. @throws CorruptBatch */
export function skipHeaders(cursor: Cursor): void {
  const count = cursor.varint()
  if (count < 0 || count > cursor.end - cursor.at) throw new CorruptBatch(`${count} headers are announced`)
  for (let i = 0; i < count; i++) {
    const name = cursor.length()
    if (name < 0) throw new CorruptBatch('a header has no name')
    cursor.at += name
    const value = cursor.length()
    if (value > 0) cursor.at += value
  }
}

/** All headers, by name. Only where `skipHeaders` has been. */
export function readHeaders(cursor: Cursor): Readonly<Record<string, HeaderValues>> {
  const values = new Map<string, HeaderValues>()
  for (let left = cursor.varint(); left > 0; left--) {
    const length = cursor.varint()
    const name = cursor.bytes.toString('utf8', cursor.at, cursor.at + length)
    cursor.at += length
    const value = cursor.view()
    values.set(name, values.has(name) ? together(values.get(name)!, value) : value)
  }
  // Not by assignment, which takes __proto__ for the object's prototype.
  return Object.fromEntries(values)
}

/** The header of this name, which is ASCII; the others are gone over. Only where `skipHeaders` has been. */
export function findHeader(cursor: Cursor, name: string): HeaderValues | undefined {
  let found: HeaderValues | undefined
  for (let left = cursor.varint(); left > 0; left--) {
    const length = cursor.varint()
    const isIt = length === name.length && isAt(cursor.bytes, cursor.at, name)
    cursor.at += length
    if (isIt) {
      const value = cursor.view()
      found = found === undefined ? value : together(found, value)
    } else {
      const size = cursor.varint()
      if (size > 0) cursor.at += size
    }
  }
  return found
}

/** In place: a record may hold tens of thousands of one name. */
function together(values: HeaderValues, value: Buffer | null): (Buffer | null)[] {
  if (!Array.isArray(values)) return [values, value]
  values.push(value)
  return values
}

function isAt(bytes: Buffer, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
  return true
}
