import { setTimeout as sleep } from 'node:timers/promises'
import type { Safeguards } from '../core/safeguards.ts'
import { PermanentError } from '../errors.ts'
import type { Kafka } from '../kafka/client.ts'
import type { Codec } from '../kafka/codec.ts'
import { consume, type FetchedRecord } from '../kafka/consume.ts'
import type { Participant } from '../participant.ts'
import type { Engine, Item } from './engine.ts'
import { Intake, undeliverable } from './intake.ts'
import type { KitSettings } from './kit-settings.ts'
import type { Log } from './logs.ts'
import type { Metrics } from './metrics.ts'
import type { RegistryPause } from './registry-pause.ts'

export interface TopicSource {
  /** Those of this member. */
  readonly partitions: readonly number[]
  run(): void
  /** Finishes the batch at work, commits its offsets and leaves the group. */
  stop(): Promise<void>
  /** For readiness: what is wrong, or undefined. */
  unhealthy(): string | undefined
  measureLag(): void
}

const registryRetryMs = 1_000

/** Takes messages from the participant's topics to the engine; nothing of a fetch is resolved before all of it has a committed outcome (rule 8). */
export function createTopicSource(o: {
  readonly participant: Participant
  readonly kit: KitSettings
  readonly kafka: Kafka
  readonly codec: Codec
  readonly engine: Engine
  readonly log: Log
  readonly metrics: Metrics
  readonly registry: RegistryPause
  readonly safeguards: Safeguards
  /** With the prefix. */
  readonly topics: readonly string[]
}): TopicSource {
  const { participant, kit, kafka, codec, engine, log, metrics, registry, safeguards } = o
  const intake = new Intake({
    ...{ participant, codec, unreadableToLetter: safeguards.unreadableToLetter },
    ignored({ reaction, id, sagaId }) {
      metrics.stepEnded(reaction.step, reaction.direction, 'ignored')
      log.debug({ saga_id: sagaId, event_id: id, step: reaction.step }, 'ignored')
    },
  })
  // Without topics there is no group that shares them out: timers and retries of all partitions are this one's.
  let partitions: readonly number[] =
    o.topics.length > 0 ? [] : Array.from({ length: kit.topicPartitions }, (_, n) => n)
  const consumer =
    o.topics.length > 0
      ? consume({
          ...{ kafka, topics: o.topics, maxBatch: kit.maxBatch, logger: log },
          groupId: kit.topicPrefix + participant.service,
          onBatch: async (records, signal) => engine.process(await readable(records, signal), signal),
          onAssigned: assigned => {
            partitions = assigned
            metrics.forgetLag()
          },
        })
      : undefined

  /** Rule 21: while the registry does not answer, no message is at fault for a schema that is not known yet. */
  async function readable(records: readonly FetchedRecord[], signal: AbortSignal): Promise<Item[]> {
    for (;;) {
      signal.throwIfAborted()
      try {
        const items = await intake.read(records)
        registry.answered('topics')
        return items
      } catch (error) {
        if (!registry.explains('topics', error)) throw error
        if (!safeguards.pause) return records.map(record => buried(record, error))
        await sleep(registryRetryMs, undefined, { signal })
      }
    }
  }

  return {
    get partitions() {
      return partitions
    },
    run: () => void consumer?.run(),
    stop: async () => consumer?.stop(),
    unhealthy: () => consumer?.unhealthy(),
    measureLag() {
      for (const { topic, partition, records } of consumer?.lag() ?? []) metrics.lag(topic, partition, records)
    },
  }
}

/** Without the safeguard of rule 29. */
const buried = (record: FetchedRecord, error: unknown): Item => ({
  undeliverable: undeliverable(record, new PermanentError('registry-unavailable', String(error))),
})
