import type { TimerType } from './messages.ts'

/** Sets the saga's timer of this type, or sets it anew as long as it has not fired: its step happens once in a saga (rule 9). */
export interface SetTimer<N extends string> {
  readonly set: N
  readonly delayMs: number
  readonly data: object
}
export interface CancelTimer<N extends string> {
  readonly cancel: N
}

/** `O` is the union of what the handler emits, so that the table of reactions can check it. */
export interface Succeeded<O> {
  readonly outcome: 'succeeded'
  readonly out: readonly O[]
}
export interface Rejected<O> {
  readonly outcome: 'rejected'
  readonly code: string
  readonly out: readonly O[]
}
export interface Refused {
  readonly outcome: 'refused'
  readonly code: string
}
/** `O` is what it emits when it succeeds, `R` what it publishes when it rejects. */
export type Outcome<O, R = never> = Succeeded<O> | Rejected<R> | Refused

export interface Accepted<O, A> {
  readonly outcome: 'accepted'
  readonly answer: A
  readonly out: readonly O[]
}
export interface Refusal {
  readonly outcome: 'refusal'
  readonly status: 404 | 409 | 422
  readonly code: string
  readonly detail: string
}
export type Answered<O, A> = Accepted<O, A> | Refusal

/** The step did its work: its puts are saved, its events published, its timers set, in one transaction. */
export function succeed<const O extends readonly unknown[]>(...out: O): Succeeded<O[number]> {
  return { outcome: 'succeeded', out }
}

/** A business no, with its event: took no effect, puts nothing, sets no timer. `code` is error_code in the saga log. */
export function reject<const O extends readonly unknown[]>(code: string, ...out: O): Rejected<O[number]> {
  return { outcome: 'rejected', code, out }
}

/** The state has moved on: nothing to do, nothing to publish (a late confirm, a stale timer). Blocks no other event of this step. */
export function refused(code: string): Refused {
  return { outcome: 'refused', code }
}

/** A command's yes, with the answer its caller gets once the transaction has committed. */
export function accept<A, const O extends readonly unknown[]>(answer: A, ...out: O): Accepted<O[number], A> {
  return { outcome: 'accepted', answer, out }
}

/** A command's no. It puts nothing and leaves no row in the saga log; the answer is stored under the Idempotency-Key. */
export function refuse(status: 404 | 409 | 422, code: string, detail: string): Refusal {
  return { outcome: 'refusal', status, code, detail }
}

/** The timer fires `delayMs` after the transaction's time, however often the process is restarted until then. */
export function after<N extends string, D extends object>(
  delayMs: number,
  type: TimerType<N, D>,
  data: NoInfer<D>,
): SetTimer<N> {
  if (!Number.isFinite(delayMs) || delayMs < 0)
    throw new RangeError(`after ${type.type}: ${delayMs} is no delay in milliseconds; give a number >= 0`)
  return { set: type.type, delayMs, data }
}

/** Takes the saga's timer of this type back, if it has not fired. */
export function cancel<N extends string>(type: TimerType<N, any>): CancelTimer<N> {
  return { cancel: type.type }
}
