import avro from 'avsc'
import { SchemaError } from './schema-error.ts'

/** Confluent's frame, as on the topic. */
const FRAME_BYTES = 5

/** @throws SchemaError naming the fields of the example that do not fit */
export function encodeGolden(path: string, schema: object, number: number, example: unknown): Buffer {
  const type = avro.Type.forSchema(schema as avro.Schema)
  const misfits: string[] = []
  const fits = type.isValid(example, {
    noUndeclaredFields: true,
    errorHook: at => misfits.push(at.join('.') || 'the event itself'),
  })
  if (!fits) throw new SchemaError(`${path}.json`, `does not fit the schema: ${misfits.join(', ')}`)
  const frame = Buffer.alloc(FRAME_BYTES)
  frame.writeUInt32BE(number, 1)
  return Buffer.concat([frame, type.toBuffer(example)])
}

/** The example, read with the schema that it was written with. */
export function decodeGolden(schema: object, golden: Buffer): unknown {
  const value: unknown = avro.Type.forSchema(schema as avro.Schema).fromBuffer(golden.subarray(FRAME_BYTES))
  return JSON.parse(JSON.stringify(value))
}
