import { refuse } from '../outcomes.ts'
import type { Decision } from './decision.ts'
import type { Delivery } from './delivery.ts'
import { emit } from './emit.ts'
import { endFence, imagesOf } from './end-step.ts'
import { codeOf } from './fail.ts'
import type { Handled } from './run-handler.ts'
import { alreadyRan, runOrPostpone } from './run-or-postpone.ts'
import type { Saga } from './saga.ts'

/** Rule 31: a command is judged by its handler on the locked state, and leaves nothing unfinished. */
export function decideCommand(decision: Decision, saga: Saga, delivery: Delivery, ended: Handled | undefined): void {
  const { safeguards } = decision.rules
  const { step } = delivery.reaction
  if (saga.unfinished().length > 0 && safeguards.parking) return decision.done(delivery, 'busy')
  const ran = ended ? alreadyRan(ended) : runOrPostpone(decision, delivery)
  if (!ran) return
  const { handled, views } = ran
  if (handled.end !== 'answer') return threw(decision, delivery, handled)
  const { answer } = handled
  if (answer.outcome === 'refusal') return decision.done(delivery, 'refusal', { code: answer.code, answer })
  if (answer.out.length > 0 || views.touched || ended) {
    const before = saga.fence(step, 'action')
    const acted = before && ['succeeded', 'rejected', 'skipped'].includes(before.status)
    // Its business row is still there, but what this service knew of the saga was forgotten (rule 34).
    if (!saga.exists) {
      const answer = refuse(
        409,
        'saga-forgotten',
        `nothing is known of saga ${saga.id} here any more, so that it cannot be changed`,
      )
      return decision.done(delivery, 'refusal', { code: answer.code, answer })
    }
    if (acted && safeguards.commandFence) {
      const error = new Error(`${step} would act again: its row says ${before.status}`)
      return decision.done(delivery, 'failed', { code: 'fence-contradicted', error })
    }
    let emitted: readonly string[]
    try {
      emitted = emit(decision, saga, delivery, answer.out)
    } catch (error) {
      return decision.done(delivery, 'failed', { code: codeOf(error), error })
    }
    endFence(decision, saga, delivery, {
      ...{ status: 'succeeded', errorCode: null, endedIds: before?.endedIds ?? [], emitted },
      images: imagesOf(decision, saga, views),
    })
    views.keep()
  }
  decision.done(delivery, 'accepted', { answer })
}

/** A command without a saga: its Idempotency-Key is its fence. */
export function decideLocal(decision: Decision, delivery: Delivery): void {
  const ran = runOrPostpone(decision, delivery)
  if (!ran) return
  const { handled, views } = ran
  if (handled.end !== 'answer') return threw(decision, delivery, handled)
  const { answer } = handled
  if (answer.outcome === 'accepted') views.keep()
  decision.done(delivery, answer.outcome, { code: answer.outcome === 'refusal' ? answer.code : undefined, answer })
}

function threw(decision: Decision, delivery: Delivery, handled: Handled): void {
  decision.done(delivery, 'failed', {
    code: 'handler-threw',
    error: handled.end === 'thrown' ? handled.error : undefined,
  })
}
