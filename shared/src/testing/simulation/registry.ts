import type { Schema } from 'avsc'
import type { Codec } from '../../kafka/codec.ts'
import { createCodec } from '../../kafka/codec.ts'
import type { Registry } from '../../kafka/registry.ts'
import { FRAME_BYTES, writeFrame } from '../../kafka/wire.ts'
import type { Participant } from '../../participant.ts'
import { publishedBy, readBy } from '../../runtime/rules.ts'

/** The kit's own codec for each participant, on a registry that lives in memory and never fails; all schemas are known. */
export async function simulatedCodecs(participants: readonly Participant<any, any>[]): Promise<Map<string, Codec>> {
  const { registry, frames } = simulatedRegistry()
  const codecs = new Map(
    participants.map(participant => [
      participant.service,
      createCodec({ registry, mode: 'register', publishes: publishedBy(participant), reads: readBy(participant) }),
    ]),
  )
  for (const codec of codecs.values()) await codec.start()
  for (const codec of codecs.values()) await codec.prepare(frames())
  return codecs
}

function simulatedRegistry(): { readonly registry: Registry; readonly frames: () => Buffer[] } {
  const schemas: Schema[] = []
  const ids = new Map<string, number>()
  const register = async (subject: string, schema: Schema) => {
    const known = ids.get(subject)
    if (known !== undefined) return known
    ids.set(subject, schemas.push(schema))
    return schemas.length
  }
  const frameOf = (id: number) => {
    const frame = Buffer.alloc(FRAME_BYTES)
    writeFrame(frame, id)
    return frame
  }
  return {
    registry: { register, lookUp: register, find: async id => schemas[id - 1] },
    /** A value's first bytes by each schema: all that a codec needs to get to know it. */
    frames: () => schemas.map((_, i) => frameOf(i + 1)),
  }
}
