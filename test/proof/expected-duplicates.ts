import type { ServiceName } from '../../infra/shop/topics.ts'
import { readHeaders } from '../../shared/src/kafka/cloudevents.ts'
import { createCodec } from '../../shared/src/kafka/codec.ts'
import { createRegistry } from '../../shared/src/kafka/registry.ts'
import { participants } from '../e2e/participants.ts'
import type { Recorder } from '../e2e/recorder.ts'
import type { RunningShop } from '../e2e/running-shop.ts'
import type { CommittedOffsets } from './committed-offsets.ts'
import { eventTypesReadBy } from './readers.ts'

/**
 * How many duplicates a service must have counted that has read its topics once from their beginning, when what stands below
 * `done` had been done before. From the topics and, for whose work each step was, from the saga log at rest.
 */
export async function expectedDuplicates(
  shop: RunningShop,
  recorder: Recorder,
  service: ServiceName,
  done: CommittedOffsets,
): Promise<{ duplicates: number; again: number }> {
  const reads = eventTypesReadBy(service)
  const codec = createCodec({
    registry: createRegistry({ url: shop.ground.registryUrl }),
    ...{ mode: 'lookup', publishes: [], reads },
  })
  await codec.prepare(recorder.records.map(({ value }) => value))
  const log = await shop.query(
    service,
    'select saga_id, step, direction, status, payload, ended_ids from saga.saga_log',
  )
  const rows = new Map(log.map(row => [`${row.saga_id} ${row.step} ${row.direction}`, row]))

  const seen = new Set<string>()
  let duplicates = 0
  let again = 0
  for (const { topic, partition, offset, key, value, headers } of recorder.records) {
    if (!topic.endsWith('.events.v1')) continue
    const decoded = codec.decode(value)
    const reaction = participants[service].reactions.find(r => decoded.isRead && r.trigger === decoded.type)
    if (!decoded.isRead || !reaction || !(reaction.when?.(decoded.event) ?? true)) continue
    const { id, source } = readHeaders(headers)
    const row = rows.get(`${String(key)} ${reaction.step} ${reaction.direction}`)!
    if (row.status === 'skipped' && reaction.direction === 'action') continue // late, each time
    const before = offset < (done.get(`${topic}/${partition}`) ?? 0)
    const isCopy = seen.has(`${source} ${id}`)
    const isAnothersWork = row.payload.id !== id && !row.ended_ids.includes(id)
    seen.add(`${source} ${id}`)
    if (before) again++
    if (before || isCopy || isAnothersWork) duplicates++
  }
  return { duplicates, again }
}
