import { decideCommand, decideLocal } from './decide-command.ts'
import { decideMessage } from './decide-message.ts'
import { Decision, type Loaded } from './decision.ts'
import type { Delivery } from './delivery.ts'
import { wakeHead } from './queue.ts'
import type { Rules } from './rules.ts'
import type { Handled } from './run-handler.ts'

/**
 * Decides a batch in arrival order. Pure but for the changes it collects in `loaded.sagas` and `loaded.tables`.
 * `ended` holds the messages whose handler has had its turn: a sql handler's outcome, or the database's refusal.
 */
export function decide(
  rules: Rules,
  loaded: Loaded,
  deliveries: readonly Delivery[],
  ended?: ReadonlyMap<Delivery, Handled>,
): Decision {
  const decision = new Decision(rules, loaded)
  for (const delivery of deliveries) take(decision, delivery, ended?.get(delivery))
  return decision
}

function take(decision: Decision, delivery: Delivery, ended: Handled | undefined): void {
  if (decision.isPostponed(delivery.sagaId)) return decision.postpone(delivery)
  if (delivery.reaction.direction === 'local') return decideLocal(decision, delivery)
  const saga = decision.loaded.sagas.get(delivery.sagaId)!
  if (delivery.origin.source === 'command') decideCommand(decision, saga, delivery, ended)
  else decideMessage(decision, saga, delivery, ended)
  wakeHead(decision, saga)
}
