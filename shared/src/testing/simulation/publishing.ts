import { placeText } from '../../postgres/acknowledged.ts'
import type { StoredRow } from '../../postgres/save-outbox.ts'
import type { Committed } from '../../postgres/transaction.ts'
import type { Process } from './process.ts'
import { delayMs } from './world.ts'

export const publishWindowMs = 5_000
const againMs = 300

/** Rule 24: a committer publishes what is not deferred, for as long as its window lasts; the rest is the sweeper's. */
export function publishOwn(process: Process, { outbox, committingAtMs }: Committed): void {
  const { safeguards } = process.service.rules
  const deadlineMs = safeguards.publishWindow ? committingAtMs + publishWindowMs : Number.POSITIVE_INFINITY
  publish(
    process,
    outbox.filter(({ deferred }) => !deferred),
    deadlineMs,
    (row, isLeft) => {
      if (!isLeft) return
      process.acknowledged.left([row])
      process.flush()
    },
  )
}

/**
 * What is left in the outbox, in order within each saga, once nothing of it stands in a bundle. One that is older than
 * twice the window is no longer its committer's.
 */
export function sweep(process: Process): void {
  const { acknowledged, sweeping, service } = process
  const { database, world } = service
  const all = [...database.outbox.values()].sort((a, b) => a.seq - b.seq || a.n - b.n)
  const old = all.filter(row => row.bundle && row.createdAtMs < world.clock.nowMs - 2 * publishWindowMs)
  for (const rows of Map.groupBy(old, ({ bundle }) => bundle).values()) {
    database.unpack(rows[0]!, acknowledged.unacknowledged(rows))
    acknowledged.forget(rows[0]!)
  }
  const rows = all.flatMap(row => database.outbox.get(placeText(row)) ?? [])
  const held = new Set(rows.filter(row => row.bundle || sweeping.has(placeText(row))).map(({ sagaId }) => sagaId))
  const left = acknowledged.unacknowledged(rows.filter(({ sagaId }) => !held.has(sagaId)))
  for (const row of left) sweeping.add(placeText(row))
  publish(process, left, Number.POSITIVE_INFINITY, row => sweeping.delete(placeText(row)))
}

/** A partition's records leave one after the other, each once the one before it is acknowledged (rule 25). */
function publish(
  process: Process,
  rows: readonly StoredRow[],
  deadlineMs: number,
  ended: (row: StoredRow, isLeft: boolean) => void,
): void {
  const { world } = process.service
  const send = ([row, ...behind]: readonly StoredRow[]): void => {
    if (!row) return
    process.after(delayMs(world), () => {
      const { nowMs } = world.clock
      if (nowMs > deadlineMs) {
        for (const left of [row, ...behind]) ended(left, true)
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
        ended(row, false)
        send(behind)
      })
    })
  }
  for (const lane of Map.groupBy(rows, ({ topic, partition }) => `${topic}/${partition}`).values()) send(lane)
}
