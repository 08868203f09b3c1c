import type { Decision } from './decision.ts'
import type { Delivery } from './delivery.ts'
import { grantsOf } from './grants.ts'
import { type Handled, runHandler } from './run-handler.ts'
import type { WaitingRow } from './saga.ts'
import { type OpenViews, openViews } from './views.ts'

export interface Ran {
  readonly handled: Handled
  readonly views: OpenViews
}

/** Undefined when a key is not loaded: the message, and those of its saga behind it, go to the next round (rule 5). */
export function runOrPostpone(
  decision: Decision,
  delivery: Delivery,
  verdict: 'run' | 'otherwise' = 'run',
  request: WaitingRow['request'] = null,
): Ran | undefined {
  const { rules, loaded } = decision
  try {
    const grants = grantsOf(delivery.reaction, delivery.message, loaded.tables, rules.safeguards.nextRound)
    if (grants) {
      const views = openViews(grants)
      return {
        views,
        handled: runHandler(delivery, verdict, request, views, {
          now: loaded.now,
          sagaId: delivery.sagaId,
          settings: rules.settings,
        }),
      }
    }
  } catch (error) {
    return { views: openViews([]), handled: { end: 'thrown', error } }
  }
  decision.postpone(delivery)
  return undefined
}

/** For a handler that has had its turn elsewhere: the pure views hold nothing of it. */
export const alreadyRan = (handled: Handled): Ran => ({ handled, views: openViews([]) })
