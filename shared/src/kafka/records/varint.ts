/** Kafka's varint: zigzag, seven bits a byte, least first, five bytes at most. Of 32-bit numbers. */
export function sizeOfVarint(value: number): number {
  const rest = ((value << 1) ^ (value >> 31)) >>> 0
  if (rest < 0x80) return 1
  if (rest < 0x4000) return 2
  if (rest < 0x20_0000) return 3
  return rest < 0x1000_0000 ? 4 : 5
}

/** Gives the place behind it. */
export function writeVarint(bytes: Buffer, at: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  for (; rest > 0x7f; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80
  bytes[at] = rest
  return at + 1
}
