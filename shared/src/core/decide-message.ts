import { PermanentError } from '../errors.ts'
import { beginCall } from './begin-call.ts'
import { closeAction } from './close-action.ts'
import type { Decision } from './decision.ts'
import type { Delivery } from './delivery.ts'
import { endStep } from './end-step.ts'
import { fail } from './fail.ts'
import { beyondHorizonCode, judge } from './fence.ts'
import { failUnbegun, holdCall } from './hold-call.ts'
import { sagaBeganMs } from './ids.ts'
import { park } from './queue.ts'
import type { Handled } from './run-handler.ts'
import { alreadyRan, runOrPostpone } from './run-or-postpone.ts'
import type { Direction, Saga } from './saga.ts'

/** An event, a timer, or the end of an outside call: judged by fence and queue, and only then by its handler. */
export function decideMessage(decision: Decision, saga: Saga, delivery: Delivery, ended: Handled | undefined): void {
  const { service, safeguards, horizonMs, retry } = decision.rules
  const { now } = decision.loaded
  const { id, reaction, origin } = delivery
  const verdict = judge(saga, delivery, now.getTime(), safeguards)
  const waiting = saga.waiting(id)
  if (verdict.verdict === 'gone') return decision.done(delivery, 'gone')
  if (verdict.verdict === 'end') {
    // A duplicate delivery of an unfinished message leaves its row alone (rule 10).
    if (origin.source !== 'kafka' && waiting) saga.deleteWaiting(id)
    return decision.done(delivery, reaction.trigger.kind === 'timer' ? 'stale_timer' : verdict.outcome)
  }

  const closes = reaction.direction === 'compensation' && safeguards.emptyCompensation
  if (verdict.verdict === 'park') {
    if (closes) closeAction(decision, saga, delivery, false)
    return park(decision, saga, delivery)
  }

  // Rule 34: past the horizon the fence may be forgotten, and nobody could tell a first copy from a second.
  const beyondHorizon = saga.isNew && sagaBeganMs(saga.id) < now.getTime() - horizonMs
  if (beyondHorizon && !saga.fence(reaction.step, reaction.direction as Direction))
    return fail(
      decision,
      saga,
      delivery,
      new PermanentError(
        beyondHorizonCode,
        `saga ${saga.id} began more than ${horizonMs} ms ago and is unknown to ${service}: its fence may have been forgotten`,
      ),
    )
  if (closes) closeAction(decision, saga, delivery, true)
  if (origin.source === 'unbegun')
    return 'error' in origin
      ? failUnbegun(decision, saga, delivery, origin)
      : holdCall(decision, saga, delivery, origin.hold)
  if (
    origin.source === 'due' &&
    waiting?.kind === 'calling' &&
    waiting.attempts >= retry.maxAttempts &&
    safeguards.attemptsLimit
  )
    return fail(decision, saga, delivery, new Error('the call was begun and its result is not known'))

  const ran = ended ? alreadyRan(ended) : runOrPostpone(decision, delivery, verdict.verdict, waiting?.request)
  if (!ran) return
  const { handled, views } = ran
  switch (handled.end) {
    case 'thrown':
      return fail(decision, saga, delivery, handled.error)
    case 'call': {
      const turns = origin.source === 'due' && origin.probe ? undefined : decision.loaded.turns.get(reaction.step)
      if (turns && decision.callsOf(reaction.step) >= turns.free) return holdCall(decision, saga, delivery, turns.hold)
      return beginCall(decision, saga, delivery, handled.request)
    }
    case 'outcome':
      return endStep(decision, saga, delivery, handled.outcome, views)
    case 'answer':
      throw new Error('unreachable: only commands are answered')
  }
}
