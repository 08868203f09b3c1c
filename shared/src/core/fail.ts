import { PermanentError } from '../errors.ts'
import type { Decision } from './decision.ts'
import type { Delivery, Envelope } from './delivery.ts'
import { letter } from './letter.ts'
import { placed, unfinishedStep } from './queue.ts'
import { backoffMs } from './retry-policy.ts'
import type { Direction, Saga } from './saga.ts'

/** Rule 17: the message is tried again later, or it is dead, with its letter in the same transaction (rule 18). */
export function fail(decision: Decision, saga: Saga, delivery: Delivery, error: unknown): void {
  const { retry, safeguards, service } = decision.rules
  const { id } = delivery
  const { step } = delivery.reaction
  const direction = delivery.reaction.direction as Direction
  const nowMs = decision.loaded.now.getTime()
  const place = placed(decision, saga, delivery)
  // A call counts its try when it begins, anything else when it ends.
  const attempts = place.kind === 'calling' ? place.attempts : place.attempts + 1
  const dead = error instanceof PermanentError || (attempts >= retry.maxAttempts && safeguards.attemptsLimit)
  const code = codeOf(error)
  const errorMessage = messageOf(error)
  const errorStack = stackOf(error)
  const deaths = place.deaths + (dead ? 1 : 0)
  const firstFailedAtMs = place.firstFailedAtMs ?? nowMs
  const dueAtMs = dead ? null : nowMs + backoffMs(retry, attempts, decision.loaded.random())
  saga.setWaiting({
    ...place,
    kind: dead ? 'dead' : 'retry',
    attempts,
    deaths,
    dueAtMs,
    errorCode: code,
    errorMessage,
    errorStack,
    firstFailedAtMs,
  })
  saga.setFence(unfinishedStep(saga, delivery, { status: dead ? 'dead' : 'failed', errorCode: code, attempts }))
  if (dead) {
    const firstFailedAt = new Date(firstFailedAtMs).toISOString()
    const death = {
      letterId: id,
      deaths,
      service,
      step,
      direction,
      errorCode: code,
      errorMessage,
      errorStack,
      attempts,
      firstFailedAt,
      diedAt: decision.loaded.now.toISOString(),
      request: place.request,
    }
    toLetterTopic(decision, saga.id, id, letter(delivery.envelope, death))
  }
  decision.done(delivery, dead ? 'dead' : 'failed', { code, error, attempts })
}

/** Letters and their markers share one partition, named by the letter (rule 18). */
export function toLetterTopic(
  decision: Decision,
  sagaId: string,
  letterId: string,
  { key, headers, body }: Envelope,
): void {
  const { letterTopic, partitionOf } = decision.rules
  decision.outbox.push({
    sagaId,
    topic: letterTopic,
    partition: partitionOf(letterId),
    key,
    headers,
    body,
  })
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const longestStack = 8_000

/** Where it was thrown, and what had caused it. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const parts = [error.stack ?? String(error)]
  for (let { cause } = error; cause instanceof Error && parts.length < 4; cause = cause.cause)
    parts.push(`caused by ${cause.stack ?? String(cause)}`)
  return parts.join('\n').slice(0, longestStack)
}

/** Node's EPIPE and nodemailer's EAUTH look like an SQLSTATE; only what a database says has a severity. */
export function codeOf(error: unknown): string {
  if (error instanceof PermanentError) return error.code
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown }
  const isState = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && typeof severity === 'string'
  return isState ? `sqlstate-${code}` : 'handler-threw'
}
