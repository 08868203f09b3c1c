/** The bytes are not what Kafka's format says. */
export class CorruptBatch extends Error {}

/** Reads the parts of records, whose bytes anybody may have written. */
export class Cursor {
  readonly bytes: Buffer
  at: number
  readonly end: number

  constructor(bytes: Buffer, at: number, end: number) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  /**
   * Kafka's varint: zigzag, seven bits a byte, least first. May read beyond the end, where it finds other bytes or noughts:
   * `at` tells.
   * @throws CorruptBatch when it has more than five bytes
   */
  varint(): number {
    const { bytes } = this
    let byte = bytes[this.at++]!
    let value = byte & 0x7f
    for (let shift = 7; byte > 0x7f; shift += 7) {
      if (shift > 28) throw new CorruptBatch('a number has more than five bytes')
      byte = bytes[this.at++]!
      value |= (byte & 0x7f) << shift
    }
    return (value >>> 1) ^ -(value & 1)
  }

  /** The same of 64 bits. @throws CorruptBatch when it has more than ten bytes */
  varlong(): number | bigint {
    const start = this.at
    while (this.bytes[this.at++]! > 0x7f)
      if (this.at - start > 9) throw new CorruptBatch('a number has more than ten bytes')
    if (this.at - start < 5) {
      this.at = start
      return this.varint()
    }
    let value = 0n
    for (let at = this.at - 1; at >= start; at--) value = (value << 7n) | BigInt(this.bytes[at]! & 0x7f)
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
  }

  /** The length of what follows; -1 stands for null. @throws CorruptBatch when there is not so much */
  length(): number {
    const length = this.varint()
    if (length < -1 || length > this.end - this.at) throw new CorruptBatch(`${length} bytes are announced`)
    return length
  }

  /** What follows behind its length, without a copy. */
  view(): Buffer | null {
    const length = this.length()
    if (length < 0) return null
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }
}
