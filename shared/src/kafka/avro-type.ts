import avro from 'avsc'

/**
 * An Avro type that is safe for bytes that anybody may have written, and whose records are plain objects.
 * avsc's own types trust the bytes: what is tightened here would otherwise stop the process or change a value silently.
 * The methods with an underscore are avsc's inner ones; its version is pinned, and avro-type.test.ts holds them to it.
 * @throws Error when the schema is not valid Avro
 */
export function avroType(schema: avro.Schema): avro.Type {
  return avro.Type.forSchema(schema, { typeHook, omitRecordMethods: true })
}

function typeHook(schema: unknown, opts: unknown): avro.Type | undefined {
  const type = typeof schema === 'string' ? schema : (schema as { type?: unknown }).type
  if (type === 'long') return EXACT_LONG
  if (type === 'array') return new BoundedArray(schema as avro.Schema, opts)
  if (type === 'map') return new BoundedMap(schema as avro.Schema, opts)
  if (type === 'record') return new PlainRecord(schema as avro.Schema, opts)
  return undefined
}

/** What avsc reads from. */
interface Tap {
  readonly buf: Buffer
  pos: number
  readLong(): number
  readString(): string
  skipString(): void
}
interface Inner {
  _read(tap: Tap): unknown
  _skip(tap: Tap): void
  _write(tap: Tap, value: unknown): void
  _check(value: unknown, flags: unknown, hook: ((value: unknown, type: unknown) => void) | undefined): boolean
}

/** avsc computes a long as a float of twice its size, so below -(2 ** 52) the sign is lost and the value comes out positive. */
const LEAST_EXACT = -(2 ** 52)
const longOfAvsc = avro.types.LongType.prototype as unknown as Inner

class ExactLong extends avro.types.LongType {
  _read(tap: Tap): number {
    const isNegative = (tap.buf[tap.pos]! & 1) === 1
    const value = longOfAvsc._read.call(this, tap) as number
    if (isNegative && (value >= 0 || value < LEAST_EXACT))
      throw new Error('a long is too far below zero to be read exactly')
    return value
  }
  _write(tap: Tap, value: unknown): void {
    if (typeof value === 'number' && value < LEAST_EXACT)
      throw new Error(`${value} is too far below zero to be written exactly`)
    longOfAvsc._write.call(this, tap, value)
  }
  _check(value: unknown, flags: unknown, hook: ((value: unknown, type: unknown) => void) | undefined): boolean {
    if (typeof value !== 'number' || value >= LEAST_EXACT) return longOfAvsc._check.call(this, value, flags, hook)
    hook?.(value, this)
    return false
  }
}
const EXACT_LONG = new ExactLong()

/** An array that claims more items than there are bytes left is refused: avsc would go on adding items until memory ends. */
class BoundedArray extends avro.types.ArrayType {
  // `this` is the type, or a resolver of avsc that has borrowed the method and has its own itemsType.
  _read(tap: Tap): unknown[] {
    const items = this.itemsType as unknown as Inner
    const values: unknown[] = []
    for (let n = blockSize(tap); n > 0; n = blockSize(tap)) for (; n > 0; n--) values.push(items._read(tap))
    return values
  }
  _skip(tap: Tap): void {
    const items = this.itemsType as unknown as Inner
    for (let n = blockSize(tap); n > 0; n = blockSize(tap)) for (; n > 0; n--) items._skip(tap)
  }
}

class BoundedMap extends avro.types.MapType {
  _read(tap: Tap): Record<string, unknown> {
    const entries: [string, unknown][] = []
    for (let n = blockSize(tap); n > 0; n = blockSize(tap))
      for (; n > 0; n--) entries.push([tap.readString(), (this.valuesType as Inner)._read(tap)])
    return Object.fromEntries(entries)
  }
  _skip(tap: Tap): void {
    for (let n = blockSize(tap); n > 0; n = blockSize(tap))
      for (; n > 0; n--) {
        tap.skipString()
        ;(this.valuesType as Inner)._skip(tap)
      }
  }
}

function blockSize(tap: Tap): number {
  let count = tap.readLong()
  if (count < 0) {
    count = -count
    tap.readLong() // the block's size in bytes, for those who skip
  }
  const left = Math.max(tap.buf.length - tap.pos, 0)
  // NaN is what avsc makes of a varint that is longer than any number.
  if (count > left || Number.isNaN(count))
    throw new Error(`${count} items are announced, but only ${left} bytes are left`)
  return count
}

/**
 * avsc builds each record with a constructor generated for it, which is fast, but its instances are of a class of their own:
 * not equal to a literal in a deep comparison. With Object's prototype they are plain objects, at no cost per record.
 */
class PlainRecord extends avro.types.RecordType {
  constructor(schema: avro.Schema, opts: unknown) {
    super(schema, opts)
    this.recordConstructor.prototype = Object.prototype
  }
}
