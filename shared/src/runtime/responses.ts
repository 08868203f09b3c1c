import type { Delivery } from '../core/delivery.ts'
import type { CommandResponse } from '../http/commands.ts'
import type { Committed } from '../postgres/transaction.ts'

const busyRetrySeconds = 1

/** What a transaction that has committed answers to its commands (rules 31 and 32). */
export function* responsesOf({
  decision,
  repeats,
}: Pick<Committed, 'decision' | 'repeats'>): Generator<[Delivery, CommandResponse]> {
  for (const [delivery, claim] of repeats) {
    if (claim === 'other-body') yield [delivery, { status: 'key-reused' }]
    else if (claim.status === 200) yield [delivery, { status: 'accepted', answer: claim.answer }]
    else {
      const { code, detail } = claim.answer as { code: string; detail: string }
      yield [delivery, { status: 'refused', httpStatus: claim.status as 404 | 409 | 422, code, detail }]
    }
  }
  for (const { delivery, outcome, code, answer } of decision.decided) {
    if (delivery.origin.source !== 'command') continue
    if (answer?.outcome === 'accepted') yield [delivery, { status: 'accepted', answer: answer.answer }]
    else if (answer) {
      const { status: httpStatus, code, detail } = answer
      yield [delivery, { status: 'refused', httpStatus, code, detail }]
    } else if (outcome === 'busy') yield [delivery, { status: 'saga-busy', retryAfterSeconds: busyRetrySeconds }]
    else yield [delivery, { status: 'failed', code: code ?? 'failed' }]
  }
}
