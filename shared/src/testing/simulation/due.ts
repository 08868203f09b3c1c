import type { Item } from '../../runtime/engine.ts'
import { dueDelivery } from '../../runtime/read-message.ts'
import type { StoredWaiting } from './database.ts'
import type { Process } from './process.ts'
import type { SimulatedService } from './service.ts'
import { delayMs } from './world.ts'

/** Rows of somebody else's partitions are left to them for so long (rule 3). */
const othersOverdueMs = 10_000
const mostAtOnce = 8

export type DueRow = StoredWaiting & { readonly sagaId: string }

/** How a process takes what has become due: a batch at a time, as it was read without a lock. */
export class TakingDue {
  readonly #process: Process
  #isBusy = false

  constructor(process: Process) {
    this.#process = process
  }

  take(rows: readonly DueRow[]): void {
    if (this.#isBusy) return
    const { service, assigned } = this.#process
    const { world, rules } = service
    const mine = rows.filter(
      ({ sagaId, dueAtMs }) =>
        assigned.includes(rules.partitionOf(sagaId)) || dueAtMs! <= world.clock.nowMs - othersOverdueMs,
    )
    if (mine.length === 0) return
    this.#isBusy = true
    this.#process.after(delayMs(world), () =>
      this.#process.work(
        mine.slice(0, mostAtOnce).flatMap(row => itemOf(service, row)),
        () => {
          this.#isBusy = false
        },
      ),
    )
  }
}

function itemOf({ participant, codec }: SimulatedService, row: DueRow): Item[] {
  const reaction = participant.reactions.find(({ trigger }) => trigger.type === row.messageType)
  return reaction ? [{ ...dueDelivery(codec, reaction, row), takenAtMs: 0 }] : []
}
