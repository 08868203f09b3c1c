import type { ClientBase } from 'pg'
import type { KnownNames } from './known-names.ts'
import { saveChecks } from './save-checks.ts'
import { savePublished } from './save-published.ts'
import { saveTaken } from './save-taken.ts'
import type { SeenEvent } from './seen-saga.ts'
import { takenIn } from './taken.ts'

export interface SeenBatch {
  /** By saga, all that is known of each that the batch has touched. */
  readonly sagas: ReadonlyMap<string, readonly SeenEvent[]>
  /** Whether this batch has stored it: copies count nothing. */
  readonly isNew: (event: SeenEvent) => boolean
}

/**
 * Counts what a batch of new events proves, in the transaction that stores them: so each counts once, though records come at
 * least once. What costs more than counting is done later, by `checkSagas`.
 */
export async function countSeen(tx: ClientBase, { sagas, isNew }: SeenBatch, names: KnownNames): Promise<void> {
  const all = [...sagas]
  const fresh = all.flatMap(([, events]) => events.filter(isNew))
  if (fresh.length > 0) {
    await saveTaken(tx, all.flatMap(([sagaId, events]) => takenIn(sagaId, events, isNew)).map(names.ofEdge))
    await savePublished(tx, fresh.map(names.ofEvent))
  }
  await saveChecks(tx, [...sagas.keys()])
}
