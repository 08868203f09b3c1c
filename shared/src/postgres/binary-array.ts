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
 * @param values strings for text, uuid, json and jsonb (as JSON text); numbers, booleans, Dates, Buffers; null
 */
export function binaryArray(type: string, values: readonly unknown[]): Buffer | undefined {
  const element = elements[names[type] ?? type]
  if (!element || values.length === 0) return undefined
  let at = headerBytes
  let nulls = noNulls
  // By index: an iterator would be an object for each value.
  for (let n = 0; n < values.length; n++) {
    const value = values[n]
    reserve(at, 4)
    if (value === null) {
      nulls = hasNulls
      at = scratch.writeInt32BE(isNull, at)
      continue
    }
    const end = element.write(value, at)
    if (end === undefined) return undefined
    at = end
  }
  scratch.writeInt32BE(1, 0) // dimensions
  scratch.writeInt32BE(nulls, 4)
  scratch.writeInt32BE(element.oid, 8)
  scratch.writeInt32BE(values.length, 12)
  scratch.writeInt32BE(1, 16) // the first subscript
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
  if (version !== undefined) from = scratch.writeUInt8(version, from)
  const end = from + scratch.write(value, from)
  scratch.writeInt32BE(end - at - 4, at)
  return end
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function uuid(value: unknown, at: number): number | undefined {
  if (typeof value !== 'string' || !uuidForm.test(value)) return undefined
  reserve(at, 20)
  let to = scratch.writeInt32BE(16, at)
  for (let from = 0; from < 36; from += 2) {
    if (value.charCodeAt(from) === dash) from++
    scratch[to++] = (nibble(value.charCodeAt(from)) << 4) | nibble(value.charCodeAt(from + 1))
  }
  return to
}

const dash = 0x2d
/** Of 0-9, a-f or A-F. */
const nibble = (code: number) => (code & 0xf) + (code > 0x39 ? 9 : 0)

function bytes(value: unknown, at: number): number | undefined {
  if (!(value instanceof Uint8Array)) return undefined
  reserve(at, 4 + value.length)
  scratch.set(value, scratch.writeInt32BE(value.length, at))
  return at + 4 + value.length
}

function int(value: unknown, at: number): number | undefined {
  if (typeof value !== 'number' || (value | 0) !== value) return undefined
  reserve(at, 8)
  return scratch.writeInt32BE(value, scratch.writeInt32BE(4, at))
}

function bigint(value: unknown, at: number): number | undefined {
  if (!Number.isSafeInteger(value)) return undefined
  reserve(at, 12)
  return writeLong(value as number, scratch.writeInt32BE(8, at))
}

function bool(value: unknown, at: number): number | undefined {
  if (typeof value !== 'boolean') return undefined
  reserve(at, 5)
  return scratch.writeUInt8(value ? 1 : 0, scratch.writeInt32BE(1, at))
}

function timestamp(value: unknown, at: number): number | undefined {
  const micros = value instanceof Date ? (value.getTime() - epochMs) * 1_000 : Number.NaN
  if (!Number.isSafeInteger(micros)) return undefined
  reserve(at, 12)
  return writeLong(micros, scratch.writeInt32BE(8, at))
}

/** A safe integer, without a BigInt for each. */
function writeLong(value: number, at: number): number {
  const high = Math.floor(value / 2 ** 32)
  return scratch.writeUInt32BE(value - high * 2 ** 32, scratch.writeInt32BE(high, at))
}
