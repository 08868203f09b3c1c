import { avroType } from '../kafka/avro-type.ts'
import { createRegistry, RegistryUnavailable } from '../kafka/registry.ts'
import { FRAME_BYTES, writerId } from '../kafka/wire.ts'

/** The message in a letter's bytes: an event by the schema that it was written with, a timer's JSON. */
export async function decodeLetter(
  bodyBase64: string | null,
  registryUrl: string | undefined,
): Promise<{ message: unknown } | { problem: string }> {
  if (bodyBase64 === null) return { problem: 'it has no body' }
  const body = Buffer.from(bodyBase64, 'base64')
  const id = writerId(body)
  try {
    if (id === undefined) return { message: JSON.parse(body.toString()) }
    if (registryUrl === undefined) return { problem: 'no registry is named: give --registry or SCHEMA_REGISTRY_URL' }
    const schema = await createRegistry({ url: registryUrl }).find(id)
    if (!schema) return { problem: `the registry has no schema ${id}` }
    return { message: avroType(schema).fromBuffer(body.subarray(FRAME_BYTES)) }
  } catch (error) {
    if (error instanceof RegistryUnavailable) return { problem: `the registry does not answer: ${error.message}` }
    return { problem: `it cannot be read: ${(error as Error).message}` }
  }
}
