import type { Pool } from 'pg'
import type { Safeguards } from '../core/safeguards.ts'
import type { Kafka } from '../kafka/client.ts'
import { createPublisher, type OutboundRecord } from '../kafka/publish.ts'
import { Acknowledged } from '../postgres/acknowledged.ts'
import type { Committed } from '../postgres/transaction.ts'
import { AcknowledgedDeleter } from './acknowledged-deleter.ts'
import type { KitSettings } from './kit-settings.ts'
import { fieldsOfRecord } from './log-fields.ts'
import type { Log } from './logs.ts'
import { outbound, placeOf } from './outbound.ts'
import { Refusals } from './refusals.ts'
import { Sweeper } from './sweeper.ts'

export interface Outgoing {
  /** Rows that the broker has and the outbox still shows. */
  readonly acknowledged: Acknowledged
  /** Events that the broker refuses. */
  readonly refused: number
  run(): void
  /** Publishes what a transaction may publish of its own (rule 24). Never blocks. */
  publish(committed: Pick<Committed, 'outbox' | 'committingAtMs'>): void
  /** Publishes what is left for up to `timeoutMs`, and gives up the sweeper's lock; the rest waits in the outbox. */
  stop(timeoutMs: number): Promise<void>
}

/** The way out: the committers' publisher, the sweeper with its own, and the deletion of what the broker has acknowledged. */
export function createOutgoing(o: {
  readonly service: string
  readonly kit: KitSettings
  readonly pool: Pool
  readonly kafka: Kafka
  readonly log: Log
  readonly safeguards: Safeguards
  readonly left: (rows: number) => void
  readonly sent?: ((records: readonly OutboundRecord[]) => void) | undefined
}): Outgoing {
  const { kafka, log, pool, safeguards, kit } = o
  const acknowledged = new Acknowledged(safeguards.givenBack)
  const deleter = new AcknowledgedDeleter({
    ...{ pool, acknowledged },
    trouble: error =>
      log.warn({ err: error }, 'acknowledged events stay in the outbox for now; they are deleted later'),
  })
  const refusals = new Refusals(30 * kit.publishWindowMs)

  const onAcknowledged = (records: readonly OutboundRecord[]) => {
    acknowledged.add(records.map(placeOf))
    for (const { id } of records) refusals.taken(id)
    o.left(records.length)
    sweeper.moved()
    deleter.deleteSoon()
    o.sent?.(records)
  }
  const onRefused = (record: OutboundRecord, error: string) => {
    const { id, topic } = record
    if (!refusals.add(id)) return
    log.error(
      { alarm: 'event-refused', outbox_row: id, topic, ...fieldsOfRecord(record), error },
      'the broker refuses this event; its saga waits until the topic takes it, the others flow',
    )
  }
  const publisher = createPublisher({
    ...{ kafka, logger: log, onAcknowledged, onRefused },
    safeguards: { throwProducerAway: safeguards.producerThrownAway },
  })
  const sweepersPublisher = createPublisher({
    ...{ kafka, logger: log },
    onAcknowledged(records) {
      onAcknowledged(records)
      sweeper.settled(records)
    },
    onRefused(record, error) {
      onRefused(record, error)
      sweeper.refused(record)
    },
    onLeft: records => sweeper.settled(records),
  })
  const sweeper: Sweeper = new Sweeper({
    databaseUrl: kit.databaseUrl,
    applicationName: `${o.service} sweeper`,
    publishWindowMs: kit.publishWindowMs,
    publisher: sweepersPublisher,
    isAcknowledged: row => acknowledged.has(row),
    locked: safeguards.sweeperLock,
    givesUp: safeguards.sweeperGivesUp,
    trouble: error => log.warn({ err: error }, 'the sweeper begins anew'),
  })

  return {
    acknowledged,
    get refused() {
      return refusals.count
    },
    run: () => sweeper.run(),
    publish({ outbox, committingAtMs }) {
      if (outbox.some(({ deferred }) => deferred)) sweeper.deferred()
      const deadlineMs = safeguards.publishWindow ? committingAtMs + kit.publishWindowMs : Number.POSITIVE_INFINITY
      publisher.publish(outbox.filter(row => !row.deferred).map(row => outbound(row, deadlineMs)))
    },
    async stop(timeoutMs) {
      const endMs = performance.now() + timeoutMs
      await publisher.drain(timeoutMs)
      // Before the sweeper's last look: what stands deferred behind these may go once they are gone.
      await deleter.flush()
      await sweeper.drain(endMs - performance.now())
      await sweeper.stop()
      await Promise.all([publisher.close(), sweepersPublisher.close()])
      await deleter.stop()
    },
  }
}
