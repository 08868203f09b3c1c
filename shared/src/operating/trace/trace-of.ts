import type { Act, LoggedStep, SagaState } from '../../admin/contract.ts'
import type { Declared } from '../declarations.ts'
import type { Silent } from '../participants.ts'
import { type Answer, type Awaited, outstanding, unfinishedIn, waitingIn } from './awaited.ts'
import { type Cause, causeOf } from './cause.ts'
import { publishedIn } from './events.ts'

export interface Trace {
  readonly sagaId: string
  /** When the services were asked: what is overdue was so then. */
  readonly at: string
  /**
   * `blocked`: a dead letter holds it up. `unknown`: not blocked as far as can be seen, but somebody does not answer, or is not declared.
   * `open`: something is awaited. `settled`: nothing is. `not-found`: nobody has seen it, or all have forgotten it.
   */
  readonly verdict: 'settled' | 'open' | 'blocked' | 'unknown' | 'not-found'
  readonly steps: readonly TracedStep[]
  readonly awaited: readonly Awaited[]
  readonly unpublished: readonly (SagaState['unpublished'][number] & { readonly service: string })[]
  readonly acts: readonly (Act & { readonly service: string })[]
  readonly silent: readonly Silent[]
}
export interface TracedStep {
  readonly at: string
  readonly service: string
  readonly step: string
  readonly direction: LoggedStep['direction']
  /** The two as a text. */
  readonly operation: string
  readonly status: LoggedStep['status']
  readonly cause: Cause
  readonly messageId: string
  readonly attempts: number
  readonly errorCode: string | null
  readonly emitted: readonly string[]
  /** What it changed of the saga's own rows. */
  readonly rows: LoggedStep['rows']
}
/** A filtered event that its reader has not taken in so long has been ignored, as far as the verdict goes. */
const ignoredAfterMs = 10_000

/** A saga over all its participants, from their declarations and their answers alone. Pure. */
export function traceOf(
  sagaId: string,
  declared: readonly Declared[],
  given: ReadonlyMap<string, Answer>,
  now: Date,
): Trace {
  const unasked: [string, Answer][] = declared.map(({ service }) => [service, { kind: 'silent', why: 'was not asked' }])
  const answers = new Map([...unasked, ...given])
  const all = [...answers]
  const states = all.flatMap(([, answer]) => (answer.kind === 'knows' ? [answer.state] : []))
  const known = new Set(declared.map(({ service }) => service))
  const silent = [
    ...all.flatMap(([service, answer]) => (answer.kind === 'silent' ? [{ service, why: answer.why }] : [])),
    // As while Kafka is away: what it has done is known, but not what it still owes or is owed.
    ...states.flatMap(({ service }) => (known.has(service) ? [] : [{ service, why: 'answers without a declaration' }])),
  ]
  const events = publishedIn(sagaId, declared, states)
  const cause = (messageId: string, messageType: string | null): Cause => {
    const event = events.get(messageId)
    return event ? { what: event.type, from: event.service } : causeOf(messageId, messageType, sagaId)
  }
  const o = { sagaId, declared, answers, now, events, cause }
  const awaited = [...waitingIn(states, o), ...unfinishedIn(states, o), ...outstanding(o)].toSorted(bySince)
  return {
    sagaId,
    at: now.toISOString(),
    verdict: verdictOf({ states, silent, awaited, now }),
    steps: states
      .flatMap(({ service, log }) => log.map(row => stepOf(service, row, cause)))
      .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    awaited,
    unpublished: states.flatMap(({ service, unpublished }) => unpublished.map(each => ({ service, ...each }))),
    acts: states
      .flatMap(({ service, acts }) => acts.map(each => ({ service, ...each })))
      .toSorted((a, b) => (a.at < b.at ? -1 : 1)),
    silent,
  }
}

function stepOf(
  service: string,
  row: LoggedStep,
  cause: (messageId: string, messageType: string | null) => Cause,
): TracedStep {
  const { step, direction, operation, status, messageId, messageType, attempts, errorCode, emitted, rows, updatedAt } =
    row
  return {
    ...{ at: updatedAt, service, step, direction, operation, status, messageId, attempts, errorCode, emitted, rows },
    cause: cause(messageId, messageType),
  }
}

function bySince(a: Awaited, b: Awaited): number {
  return (a.since ?? '') < (b.since ?? '') ? -1 : (a.since ?? '') > (b.since ?? '') ? 1 : 0
}

function verdictOf(o: {
  states: readonly SagaState[]
  silent: readonly Silent[]
  awaited: readonly Awaited[]
  now: Date
}): Trace['verdict'] {
  const { states, silent, awaited, now } = o
  if (awaited.some(({ stands }) => stands === 'dead')) return 'blocked'
  if (silent.length > 0) return 'unknown'
  if (states.length === 0) return 'not-found'
  const ignored = ({ stands, since }: Awaited) =>
    stands === 'may-ignore' && since !== null && Date.parse(since) + ignoredAfterMs < now.getTime()
  const isOpen = states.some(({ unpublished }) => unpublished.length > 0) || !awaited.every(ignored)
  return isOpen ? 'open' : 'settled'
}
