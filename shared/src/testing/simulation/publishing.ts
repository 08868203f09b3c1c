import { placeText } from '../../postgres/acknowledged.ts'
import type { StoredRow } from '../../postgres/save-outbox.ts'
import type { Committed } from '../../postgres/transaction.ts'
import type { Process } from './process.ts'
import { delayMs } from './world.ts'

export const publishWindowMs = 5_000
/** Of what a sweeper has in hand: less than the time after which one that says nothing loses its lock. */
const sweptWithinMs = 4_000
const againMs = 300

/** Rule 24: a committer publishes what is not deferred, for as long as its window lasts; the rest is the sweeper's. */
export function publishOwn(process: Process, { outbox, committingAtMs }: Committed): void {
  const { safeguards } = process.service.rules
  const deadlineMs = safeguards.publishWindow ? committingAtMs + publishWindowMs : Number.POSITIVE_INFINITY
  publish(
    process,
    outbox.filter(({ deferred }) => !deferred),
    deadlineMs,
    () => undefined,
  )
}

/**
 * What is left in the outbox, in order within each saga: from its oldest row on, as long as each was deferred or is older
 * than twice the window. A younger one is still its committer's.
 */
export function sweep(process: Process): void {
  const { database, world } = process.service
  const rows = [...database.outbox.values()].sort((a, b) => a.seq - b.seq || a.n - b.n)
  const busy = new Set(rows.filter(row => process.sweeping.has(placeText(row))).map(({ sagaId }) => sagaId))
  const stopped = new Set<string>(busy)
  const left: StoredRow[] = []
  for (const row of rows) {
    if (process.acknowledged.has(row)) continue
    if (!row.deferred && row.createdAtMs >= world.clock.nowMs - 2 * publishWindowMs) stopped.add(row.sagaId)
    if (stopped.has(row.sagaId)) continue
    left.push(row)
    process.sweeping.add(placeText(row))
  }
  publish(process, left, world.clock.nowMs + sweptWithinMs, row => process.sweeping.delete(placeText(row)))
}

/** A partition's records leave one after the other, each once the one before it is acknowledged (rule 25). */
function publish(
  process: Process,
  rows: readonly StoredRow[],
  deadlineMs: number,
  ended: (row: StoredRow) => void,
): void {
  const { world } = process.service
  const send = ([row, ...behind]: readonly StoredRow[]): void => {
    if (!row) return
    process.after(delayMs(world), () => {
      const { nowMs } = world.clock
      if (nowMs > deadlineMs) {
        for (const left of [row, ...behind]) ended(left)
        return
      }
      if (nowMs < world.brokerAwayUntilMs) {
        process.after(againMs, () => send([row, ...behind]))
        return
      }
      world.topics.append(row, nowMs)
      process.after(delayMs(world), () => {
        process.acknowledged.add([row])
        process.flush()
        ended(row)
        send(behind)
      })
    })
  }
  for (const lane of Map.groupBy(rows, ({ topic, partition }) => `${topic}/${partition}`).values()) send(lane)
}
