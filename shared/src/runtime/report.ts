import type { Audit } from '../audit.ts'
import type { Acted } from '../core/act.ts'
import type { Decided } from '../core/decision.ts'
import type { Delivery } from '../core/delivery.ts'
import { settledIn } from '../core/settled.ts'
import type { Committed } from '../postgres/transaction.ts'
import type { Tracing } from '../tracing/start-tracing.ts'
import type { Item } from './engine.ts'
import { fieldsOf, fieldsOfUnreadable } from './log-fields.ts'
import type { Log } from './logs.ts'
import type { Metrics } from './metrics.ts'

/** Counts and logs how each delivery of a committed transaction ended, and each saga that did. */
export function reporter(
  log: Log,
  metrics: Metrics,
  o: { readonly audit?: Audit | undefined; readonly tracing?: Pick<Tracing, 'ended'> | undefined } = {},
): (committed: Committed, items: readonly Item[]) => void {
  return ({ decision }, items) => {
    const takenAtMs = new Map<Delivery, number>()
    for (const item of items) if ('delivery' in item) takenAtMs.set(item.delivery, item.takenAtMs)
    const nowMs = performance.now()
    for (const decided of decision.decided) {
      const { delivery, outcome } = decided
      const { step, direction } = delivery.reaction
      metrics.stepEnded(step, direction, outcome)
      if (outcome === 'succeeded' || outcome === 'rejected' || outcome === 'accepted')
        metrics.stepTook(step, direction, (nowMs - (takenAtMs.get(delivery) ?? nowMs)) / 1_000)
      if (delivery.origin.source === 'due' && delivery.origin.attempts > 0 && outcome !== 'gone') metrics.retried(step)
      say(log, decided)
      o.tracing?.ended(decided, takenAtMs.get(delivery) ?? nowMs)
    }
    for (const acted of decision.acted) {
      const { act, result, step, direction } = acted
      if (act.act === 'discard' && result === 'done' && step && direction)
        metrics.stepEnded(step, direction, 'discarded')
      sayAct(log, acted)
    }
    for (const item of items)
      if ('undeliverable' in item) {
        const { code, problem } = item.undeliverable
        metrics.unreadable(code)
        log.error(
          { ...fieldsOfUnreadable(item.undeliverable), error_code: code },
          `cannot be read, kept as a letter: ${problem}`,
        )
      }
    if (o.audit) countSettled(log, metrics, o.audit, decision)
    if (items.every(item => 'act' in item)) return
    const source = items.find(item => 'delivery' in item)?.delivery.origin.source ?? 'kafka'
    metrics.batch(source === 'command' ? 'http' : source === 'kafka' ? 'kafka' : 'due', items.length)
  }
}

/** All has committed: a participant that throws here is told of, and nothing is run again for it. */
function countSettled(log: Log, metrics: Metrics, audit: Audit, { loaded }: Committed['decision']): void {
  try {
    for (const { ending, seconds } of settledIn(audit, loaded.tables)) metrics.sagaSettled(ending, seconds)
  } catch (error) {
    log.error({ err: error }, 'the audit’s `settles` threw: a saga that ended is not counted')
  }
}

function say(log: Log, { delivery, outcome, code, error, attempts }: Decided): void {
  const level =
    outcome === 'dead' || (outcome === 'failed' && delivery.origin.source === 'command')
      ? 'error'
      : outcome === 'failed'
        ? 'warn'
        : outcome === 'gone'
          ? 'trace'
          : outcome === 'duplicate'
            ? 'debug'
            : 'info'
  if (!log.isLevelEnabled(level)) return
  const { direction, trigger } = delivery.reaction
  const { saga_id, event_id, step } = fieldsOf(delivery)
  // One literal, for it is made for each message; what is undefined is not printed.
  const fields = {
    saga_id,
    event_id,
    step,
    direction,
    on: trigger.type,
    outcome,
    error_code: code,
    attempts,
    err: error,
  }
  log[level](fields, `${direction === 'compensation' ? 'undo ' : ''}${step} ${outcome}`)
}

/** An operator changed what the service would have done by itself: whoever reads the log later must see it. */
function sayAct(log: Log, { act, result, detail, step, errorCode }: Acted): void {
  const { letter, operator, plan } = act
  const fields = {
    ...(letter.sagaId && { saga_id: letter.sagaId }),
    ...{ event_id: letter.id, ...(step && { step }), act: act.act, operator, plan, result },
    ...(errorCode && { error_code: errorCode }),
    ...(act.act === 'discard' && { reason: act.reason }),
  }
  if (result === 'done') log.warn(fields, `${act.act} by ${operator}`)
  else log.info({ ...fields, detail }, `${act.act} by ${operator}: ${result}`)
}
