import type { Pool } from 'pg'
import type { Kafka } from 'saga-kit/kafka'
import { createRegistry, type FetchedRecord } from 'saga-kit/observing'
import type { Reach } from 'saga-kit/operating'
import { type Log, type Pauses, periodically, troubleOf } from 'saga-kit/parts'
import type { ConsoleMetrics } from '../metrics.ts'
import type { ConsoleSettings } from '../settings.ts'
import { Endings } from './ask-endings.ts'
import { DeclaredNow } from './declared.ts'
import { Decoder } from './decoder.ts'
import { expire } from './expire.ts'
import { readLater } from './read-later.ts'
import { countPutAside, readPutAside } from './read-put-aside.ts'
import { type RecordOptions, recordAsForeign, recordBatch } from './record-batch.ts'
import { type PutAsideFor, recordOrPutAside } from './record-or-put-aside.ts'
import { subscribe } from './subscription.ts'
import { type Conflict, topicRoles } from './topic-roles.ts'

export interface Observer {
  readonly declared: DeclaredNow
  run(): Promise<void>
  stop(): Promise<void>
  /** For readiness: what is wrong, or undefined. */
  unhealthy(): string | undefined
  /** Topics that are declared by somebody whose they are not. */
  conflicts(): readonly Conflict[]
  /** Records behind the ends of its partitions. */
  lag(): number
}

/** Follows all sagas by what is published; takes no part in any, and writes to no topic. */
export function createObserver(o: {
  readonly settings: ConsoleSettings
  readonly pool: Pool
  readonly kafka: Kafka
  readonly reach: Omit<Reach, 'brokers' | 'topicPrefix'>
  readonly metrics: ConsoleMetrics
  readonly pauses: Pauses
  readonly log: Log
  readonly onSeen: RecordOptions['onSeen']
}): Observer {
  const { settings, pool, kafka, metrics, pauses, log, onSeen } = o
  const { topicPrefix, searchFields, overdueAfterMs } = settings
  const trouble = (error: unknown) =>
    troubleOf(error).kind === 'infrastructure'
      ? pauses.set('database', true, error)
      : log.error({ err: error }, 'unexpected')
  const declared = new DeclaredNow({ pool, trouble, answered: () => pauses.set('database', false) })
  const decoder = new Decoder(createRegistry({ url: settings.schemaRegistryUrl }), (isPaused, error) =>
    pauses.set('registry', isPaused, error),
  )
  const judgedBy = () => ({ declared: declared.declared, isAsked: endings.isAsked, overdueAfterMs })
  const endings: Endings = new Endings({
    ...{ pool, reach: o.reach, declarations: () => declared.now, judgedBy, onSeen, trouble },
  })
  let known = { version: '', ...topicRoles([], topicPrefix) }
  /** Asked for every record: made anew only when somebody declares something else. */
  const topics = () => {
    const { version, declared: those } = declared.now
    if (version === known.version) return known
    known = { version, ...topicRoles(those, topicPrefix) }
    metrics.conflicts(known.conflicts.length)
    for (const each of known.conflicts) log.warn(each, 'declares a topic of another: it is not read as its own')
    return known
  }
  const recording: RecordOptions = {
    ...{ pool, decoder, topicPrefix, searchFields, judgedBy, onSeen },
    roleOf: topic => topics().roles.get(topic),
  }
  const subscription = subscribe({
    ...{ kafka, maxBatch: settings.maxBatch, wanted: () => topics().roles, log },
    groupId: `${topicPrefix}console`,
    onBatch: records => record(records),
    paused: (isPaused, error) => pauses.set('kafka', isPaused, error),
  })
  let running: { stop(): Promise<void> }[] = []

  const record = (records: readonly FetchedRecord[]) => recordOrPutAside({ record: take, putAside, trouble }, records)

  async function take(records: readonly FetchedRecord[]): Promise<void> {
    const began = performance.now()
    const recorded = await recordBatch(recording, records)
    pauses.set('database', false)
    metrics.recorded(recorded, (performance.now() - began) / 1_000)
    if (recorded.declarations > 0) await declared.read()
  }
  async function putAside(record: FetchedRecord, why: PutAsideFor): Promise<void> {
    await recordAsForeign(recording, record, why)
    metrics.putAside(1)
  }

  return {
    declared,
    async run() {
      await declared.read().catch(trouble)
      declared.run()
      subscription.run()
      endings.run()
      running = [
        readLater({ pool, decoder, searchFields, undecodable: events => metrics.undecodable(events), trouble }),
        readPutAside({ recording, isReady: () => declared.now.version !== '', trouble }),
        expire({ ...settings, pool, expired: sagas => metrics.expired(sagas), trouble }),
        periodically(1_000, async () => metrics.lag(subscription.lag())),
        periodically(5_000, () => countPutAside(pool).then(metrics.standsAside, trouble)),
      ]
    },
    async stop() {
      await subscription.stop()
      await Promise.all([endings.stop(), declared.stop(), ...running.map(each => each.stop())])
    },
    conflicts: () => topics().conflicts,
    unhealthy: () => subscription.unhealthy(),
    lag: () => subscription.lag().reduce((sum, { records }) => sum + records, 0),
  }
}
