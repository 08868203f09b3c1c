import type { Delivery } from '../../core/delivery.ts'
import { PermanentError } from '../../errors.ts'
import { RunAgain } from '../../postgres/run-again.ts'
import type { Committed } from '../../postgres/transaction.ts'
import { batchOf, type EngineOptions, type Item, unwritable } from '../../runtime/engine.ts'
import type { Steps } from './steps.ts'
import { type SimulatedStore, transact } from './transaction.ts'
import { ConnectionLost, Deadlock, Refused } from './trouble.ts'

export interface SimulatedEngineOptions extends Pick<EngineOptions, 'commandFailed' | 'actFailed'> {
  readonly store: SimulatedStore
  readonly committed: (committed: Committed, items: readonly Item[]) => void
}

const noRefusals: ReadonlyMap<Delivery, unknown> = new Map()
const pauseMs = 100

interface Before {
  readonly refusal?: string
  readonly duplicateKey?: boolean
}

/** Turns batches into committed transactions by the rules of `runtime/engine.ts`, one step at a time. */
export function* processItems(o: SimulatedEngineOptions, items: readonly Item[]): Steps<void> {
  // Rule 5: what the batch's own puts brought up is decided in a transaction that begins after this one.
  for (let rest = items; rest.length > 0; ) {
    const left = yield* untilCommitted(o, rest, {})
    if (left.length < rest.length) rest = left
    else {
      const unstable = 'its `reads` name other keys each time they are asked'
      yield* culprit(o, rest.slice(0, 1), new PermanentError('keys-not-stable', unstable))
      rest = rest.slice(1)
    }
  }
}

function* untilCommitted(o: SimulatedEngineOptions, items: readonly Item[], before: Before): Steps<readonly Item[]> {
  for (;;) {
    try {
      return yield* round(o, items, noRefusals)
    } catch (error) {
      if (error instanceof Deadlock || error instanceof RunAgain) continue
      if (!(error instanceof ConnectionLost)) return yield* refused(o, items, error, before)
      // Rule 29: nobody's fault.
      if (!o.store.rules.safeguards.pause) return yield* culprit(o, items, error)
      const left = turnAwayRequests(o, items, error, 'unavailable')
      if (left.length < items.length) return left
      yield { at: 'paused', ms: pauseMs }
    }
  }
}

/** Gives the items that wait for the next round. */
function* round(
  o: SimulatedEngineOptions,
  items: readonly Item[],
  failed: ReadonlyMap<Delivery, unknown>,
): Steps<readonly Item[]> {
  const committed = yield* transact(o.store, batchOf(items, failed))
  o.committed(committed, items)
  const postponed = new Set(committed.decision.nextRound)
  return postponed.size === 0 ? [] : items.filter(item => 'delivery' in item && postponed.has(item.delivery))
}

function* refused(
  o: SimulatedEngineOptions,
  items: readonly Item[],
  error: unknown,
  before: Before,
): Steps<readonly Item[]> {
  const { code, isStateKey } = error instanceof Refused ? error : { code: 'engine', isStateKey: false }
  // Rule 4: somebody else created the row meanwhile; the second time it will be loaded.
  if (isStateKey && !before.duplicateKey) return yield* untilCommitted(o, items, { ...before, duplicateKey: true })
  if (items.length > 1) {
    if (!o.store.rules.safeguards.halving) {
      for (const item of items) yield* culprit(o, [item], error)
      return []
    }
    // Rule 7: parts run in arrival order, each decided afresh.
    const half = items.length >> 1
    yield* processItems(o, items.slice(0, half))
    yield* processItems(o, items.slice(half))
    return []
  }
  // Rule 29: a refusal is the message's fault only if it repeats when the message stands alone.
  if (before.refusal !== code) return yield* untilCommitted(o, items, { ...before, refusal: code })
  return yield* culprit(o, items, error)
}

/** Writes the failed row of a message that the database refuses, without running its handler again. */
function* culprit(o: SimulatedEngineOptions, items: readonly Item[], error: unknown): Steps<readonly Item[]> {
  const left = turnAwayRequests(o, items, error, 'failed')
  const failed = new Map(left.flatMap(item => ('delivery' in item ? [[item.delivery, error] as const] : [])))
  for (let tries = 0; left.length > 0; tries++) {
    try {
      return yield* round(o, left, failed)
    } catch (again) {
      const buried = again instanceof Refused && tries > 0 ? left.map(item => unwritable(item, again)) : undefined
      if (buried?.every(item => item !== undefined)) return yield* round(o, buried, noRefusals)
      if (!(again instanceof Deadlock || again instanceof RunAgain)) yield { at: 'paused', ms: pauseMs }
    }
  }
  return []
}

/** A client waits for its answer and can ask again; a message stays where it is until it is done. */
function turnAwayRequests(
  o: SimulatedEngineOptions,
  items: readonly Item[],
  error: unknown,
  end: 'unavailable' | 'failed',
): Item[] {
  return items.filter(item => {
    if ('act' in item) o.actFailed(item.act, end, error)
    else if ('delivery' in item && item.delivery.origin.source === 'command') o.commandFailed(item.delivery, end, error)
    else return true
    return false
  })
}
