/**
 * One-dimensional arrays in PostgreSQL's binary format, which neither side has to escape, unescape or parse:
 * https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/utils/adt/arrayfuncs.c (array_recv), and the *_recv
 * function of each element type.
 */
interface Element {
  readonly oid: number
  /** Writes the value behind its length at `at` and gives where it ends; undefined for what this form cannot say. */
  readonly write: (value: unknown, at: number) => number | undefined
}

/** Written to first, since the length is known only afterwards; grows to the largest array and is never handed out. */
let scratch = Buffer.allocUnsafe(64 * 1024)

const headerBytes = 20
const noNulls = 0
const hasNulls = 1
const isNull = -1
const jsonbVersion = 1
/** timestamptz counts microseconds from here; within 285 years of it the count is an exact number. */
const epochMs = Date.UTC(2000, 0, 1)

const elements: Readonly<Record<string, Element>> = {
  bool: { oid: 16, write: bool },
  bytea: { oid: 17, write: bytes },
  bigint: { oid: 20, write: bigint },
  int: { oid: 23, write: int },
  text: { oid: 25, write: (value, at) => text(value, at) },
  json: { oid: 114, write: (value, at) => text(value, at) },
  timestamptz: { oid: 1184, write: timestamp },
  uuid: { oid: 2950, write: uuid },
  jsonb: { oid: 3802, write: (value, at) => text(value, at, jsonbVersion) },
}
/** As format_type names them. */
const names: Readonly<Record<string, string>> = {
  boolean: 'bool',
  integer: 'int',
  'timestamp with time zone': 'timestamptz',
}

/**
 * The values as one parameter of the type `<type>[]`. Undefined when the type, or one of the values, has no binary form
 * here: then they go as text, and the database itself says what is wrong with them.
 * @param of an item's value: strings for text, uuid, json and jsonb (as JSON text); numbers, booleans, Dates, Buffers; null
 */
export function binaryArray<T>(type: string, items: readonly T[], of: (item: T) => unknown): Buffer | undefined {
  const element = elements[names[type] ?? type]
  if (!element || items.length === 0) return undefined
  let at = headerBytes
  let nulls = noNulls
  // By index: an iterator would be an object for each value.
  for (let n = 0; n < items.length; n++) {
    const value = of(items[n]!)
    reserve(at, 4)
    if (value === null) {
      nulls = hasNulls
      at = writeInt(isNull, at)
      continue
    }
    const end = element.write(value, at)
    if (end === undefined) return undefined
    at = end
  }
  writeInt(1, 0) // dimensions
  writeInt(nulls, 4)
  writeInt(element.oid, 8)
  writeInt(items.length, 12)
  writeInt(1, 16) // the first subscript
  return Buffer.from(scratch.subarray(0, at))
}

function reserve(at: number, bytes: number): void {
  if (at + bytes <= scratch.length) return
  const larger = Buffer.allocUnsafe(2 * (at + bytes))
  scratch.copy(larger, 0, 0, at)
  scratch = larger
}

function text(value: unknown, at: number, version?: number): number | undefined {
  if (typeof value !== 'string') return undefined
  reserve(at, 5 + 3 * value.length)
  let from = at + 4
  if (version !== undefined) scratch[from++] = version
  const end = from + scratch.write(value, from)
  writeInt(end - at - 4, at)
  return end
}

function uuid(value: unknown, at: number): number | undefined {
  if (typeof value !== 'string' || value.length !== 36) return undefined
  reserve(at, 20)
  let to = writeInt(16, at)
  for (let from = 0; from < 36; from += 2) {
    const isAtDash = from === 8 || from === 13 || from === 18 || from === 23
    if (isAtDash && value.charCodeAt(from++) !== dash) return undefined
    const high = nibbles[value.charCodeAt(from)]
    const low = nibbles[value.charCodeAt(from + 1)]
    if (high === undefined || low === undefined) return undefined
    scratch[to++] = (high << 4) | low
  }
  return to
}

const dash = 0x2d
/** Of 0-9, a-f and A-F, by the character's code. */
const nibbles: readonly (number | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  const nibble = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(nibble) ? undefined : nibble
})

function bytes(value: unknown, at: number): number | undefined {
  if (!(value instanceof Uint8Array)) return undefined
  reserve(at, 4 + value.length)
  scratch.set(value, writeInt(value.length, at))
  return at + 4 + value.length
}

function int(value: unknown, at: number): number | undefined {
  if (typeof value !== 'number' || (value | 0) !== value) return undefined
  reserve(at, 8)
  return writeInt(value, writeInt(4, at))
}

function bigint(value: unknown, at: number): number | undefined {
  if (!Number.isSafeInteger(value)) return undefined
  reserve(at, 12)
  return writeLong(value as number, writeInt(8, at))
}

function bool(value: unknown, at: number): number | undefined {
  if (typeof value !== 'boolean') return undefined
  reserve(at, 5)
  const to = writeInt(1, at)
  scratch[to] = value ? 1 : 0
  return to + 1
}

function timestamp(value: unknown, at: number): number | undefined {
  const micros = value instanceof Date ? (value.getTime() - epochMs) * 1_000 : Number.NaN
  if (!Number.isSafeInteger(micros)) return undefined
  reserve(at, 12)
  return writeLong(micros, writeInt(8, at))
}

/** A safe integer, without a BigInt for each. */
function writeLong(value: number, at: number): number {
  const high = Math.floor(value / 2 ** 32)
  return writeInt(value - high * 2 ** 32, writeInt(high, at))
}

/** The low four bytes. A Buffer's own method checks again what holds here. */
function writeInt(value: number, at: number): number {
  scratch[at] = value >> 24
  scratch[at + 1] = value >> 16
  scratch[at + 2] = value >> 8
  scratch[at + 3] = value
  return at + 4
}
