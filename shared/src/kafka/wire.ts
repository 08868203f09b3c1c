/**
 * Confluent's wire format: a zero byte, the id of the writer's schema as four bytes, then bare Avro.
 * https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */
const MAGIC = 0

/** Where the Avro begins. */
export const FRAME_BYTES = 5

/** The id of the schema that the value was written with; undefined when the value is not framed like that. */
export function writerId(value: Buffer | null): number | undefined {
  return value !== null && value.length >= FRAME_BYTES && value[0] === MAGIC ? value.readUInt32BE(1) : undefined
}

export function writeFrame(buffer: Buffer, id: number): void {
  buffer[0] = MAGIC
  buffer.writeUInt32BE(id, 1)
}
