/** For who only watches topics: reading them as the participants do, and every event by the schema that it was written with. */

export { recordHeaders, storableHeaders, textHeader } from '../core/headers.ts'
export { firstSagaIdAt, isSagaId, publisherIn, sagaBeganMs } from '../core/ids.ts'
export { readTraceparent } from '../core/trace-context.ts'
export { avroType } from './avro-type.ts'
export { readHeaders } from './cloudevents.ts'
export { type Consumer, consume, type FetchedRecord } from './consume.ts'
export { createRegistry, type Registry, RegistryUnavailable } from './registry.ts'
export { FRAME_BYTES, writerId } from './wire.ts'
