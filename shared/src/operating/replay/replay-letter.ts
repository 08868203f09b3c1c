import { setTimeout as sleep } from 'node:timers/promises'
import type { Act, ActResult, MessageState } from '../../admin/contract.ts'
import { type Admin, AdminRefusal } from '../admin.ts'
import type { TopicLetter } from '../letter-topic.ts'
import { insist } from './insist.ts'
import type { Outcome } from './journal.ts'
import type { PlanLetter } from './plan.ts'

export type Owner = Pick<Admin, 'replay' | 'restore' | 'message' | 'saga'>
export interface ReplayOptions {
  readonly planId: string
  readonly owner: Owner
  /** The letter with its bytes, for a message that its owner does not know; absent when that is not wanted, or it is gone. */
  readonly fromTopic: TopicLetter | undefined
  /** How long an owner may be silent, and how long a message may take to its end. */
  readonly patienceMs: number
  readonly stopping: AbortSignal
}

/**
 * Replays one letter and follows its message to its end, or to its first new failure.
 * @throws OwnerAway, Interrupted, AdminRefusal of whoever asks, which every letter would meet
 */
export async function replayLetter(letter: PlanLetter, o: ReplayOptions): Promise<Outcome> {
  try {
    return await replayed(letter, o)
  } catch (error) {
    if (!(error instanceof AdminRefusal) || error.status === 401 || error.status === 403) throw error
    // A fault of its owner with this letter must not keep the others from theirs.
    return failed('refused', `${letter.service} ${error.message}`)
  }
}

async function replayed(letter: PlanLetter, o: ReplayOptions): Promise<Outcome> {
  const { id, sagaId, deaths, service } = letter
  const request = { letters: [{ id, sagaId, deaths }], plan: o.planId }
  let result = only(await insist(service, () => o.owner.replay(request), o))
  if (result.result === 'unknown' && o.fromTopic) {
    const { keyBase64, headers, bodyBase64 } = o.fromTopic
    const letters = [{ id, sagaId, deaths, keyBase64, headers, bodyBase64 }]
    result = only(await insist(service, () => o.owner.restore({ letters, plan: o.planId }), o))
  }
  switch (result.result) {
    case 'done':
      return endOf(letter, result, o)
    case 'already': {
      const act = await actOn(letter, o)
      const outcome = await endOf(letter, result, o)
      return act?.plan === o.planId || outcome.outcome === 'failed' ? outcome : already(act, outcome.detail)
    }
    case 'unknown': {
      // A message that ended as a duplicate leaves nothing but the act.
      const act = await actOn(letter, o)
      if (act) return act.plan === o.planId ? ended('ended') : already(act, 'it has ended')
      return failed('unknown', 'its owner has no such message: with --from-topic it is restored from its letter')
    }
    default:
      return failed(result.result, result.detail ?? result.result)
  }
}

/** A record that nobody could read is taken before its letter is closed, and goes on under another id. */
async function endOf(letter: PlanLetter, result: ActResult, o: ReplayOptions): Promise<Outcome> {
  return letter.sagaId === null ? ended(result.detail ?? 'read and taken') : follow(letter, result, o)
}

/**
 * The act that has ended this death: this plan's own, of a run that was killed or whose answer was lost, or somebody else's.
 * Undefined when its owner does not tell: of a record that nobody could read, or since it has forgotten the saga.
 */
async function actOn({ service, id, sagaId, deaths }: PlanLetter, o: ReplayOptions): Promise<Act | undefined> {
  const saga = sagaId === null ? undefined : await insist(service, () => o.owner.saga(sagaId), o)
  return saga?.acts.findLast(act => act.id === id && act.deaths === deaths)
}

async function follow(letter: PlanLetter, result: ActResult, o: ReplayOptions): Promise<Outcome> {
  const deadlineMs = performance.now() + o.patienceMs
  for (let pauseMs = 20; ; pauseMs = Math.min(1.5 * pauseMs, 1_000)) {
    const state = await insist(letter.service, () => o.owner.message(letter.id, letter.sagaId), o)
    const outcome = outcomeOf(state, letter, result)
    if (outcome) return outcome
    if (performance.now() > deadlineMs)
      return failed('not-in-time', `after ${Math.round(o.patienceMs / 1_000)} s it still stands as ${state.state}`)
    await sleep(pauseMs)
  }
}

/** Undefined while it is on its way. */
function outcomeOf(state: MessageState, { deaths }: PlanLetter, result: ActResult): Outcome | undefined {
  const error = `${state.errorCode}: ${state.errorMessage}`
  switch (state.state) {
    case 'ended':
      return ended(state.status ?? 'ended')
    // It ended without a row of its own, as a duplicate or superseded; or its handler, a timer's, has set it anew.
    case 'unknown':
      return ended(result.detail ?? 'ended')
    case 'timer':
      return ended('set anew')
    case 'dead':
      return state.deaths > deaths ? failed('died-again', error) : undefined
    // A replayed message begins at none, with the error that it died of.
    case 'retry':
      return state.attempts > 0 ? failed('retrying', error) : undefined
    case 'parked':
    case 'calling':
      return undefined
  }
}

function only(results: readonly ActResult[]): ActResult {
  const [result] = results
  if (!result) throw new Error('the owner answers one letter with no result')
  return result
}
function already(act: Act | undefined, detail: string): Outcome {
  const by = act && `${act.act} by ${act.operator} at ${act.at}${act.plan === null ? '' : `, plan ${act.plan}`}: `
  return { outcome: 'ended', how: 'already', detail: `${by ?? ''}${detail}` }
}
const ended = (detail: string): Outcome => ({ outcome: 'ended', how: null, detail })
const failed = (how: NonNullable<Outcome['how']>, detail: string): Outcome => ({ outcome: 'failed', how, detail })
