import { deepStrictEqual } from 'node:assert/strict'
import type { Message, TimerType } from '../messages.ts'
import { type CancelTimer, cancel } from '../outcomes.ts'
import type { Played } from './play.ts'

/** How a message is expected to end. What is undefined is not compared. */
export type Expected =
  | { readonly end: 'succeeded'; readonly out: readonly ExpectedOut[] }
  | { readonly end: 'rejected'; readonly code: string | undefined; readonly out: readonly ExpectedOut[] }
  | { readonly end: 'refused'; readonly code: string }
  | { readonly end: 'accepted'; readonly answer: unknown; readonly out: readonly ExpectedOut[] }
  | { readonly end: 'refusal'; readonly status: number; readonly code: string; readonly says: string | undefined }
  | { readonly end: 'calls'; readonly request: unknown }
  | { readonly end: 'fails'; readonly code: string; readonly says: string | undefined }
  | { readonly end: 'ignored' }
/** An event, a timer that is set (without data: whatever its data) or one that is taken back. */
export type ExpectedOut = Message | ExpectedTimer | CancelTimer<string>
interface ExpectedTimer {
  readonly set: string
  readonly delayMs: number
  readonly data?: object
}

export const succeeded = (...out: readonly ExpectedOut[]): Expected => ({ end: 'succeeded', out })

/** `rejected(event)` or `rejected('its-code', event)`. */
export function rejected(first?: string | Message, ...rest: readonly Message[]): Expected {
  const code = typeof first === 'string' ? first : undefined
  return { end: 'rejected', code, out: typeof first === 'object' ? [first, ...rest] : rest }
}

/** `refused('code')` of an event or timer that came too late; `refused('code', 409)` of a command, and what its client is told. */
export const refused = (code: string, status?: 404 | 409 | 422, says?: string): Expected =>
  status === undefined ? { end: 'refused', code } : { end: 'refusal', code, status, says }

export const accepted = (answer: unknown, ...out: readonly ExpectedOut[]): Expected => ({
  end: 'accepted',
  answer,
  out,
})

/** The effect intends this outside call. */
export const calls = (request: unknown): Expected => ({ end: 'calls', request })

/** A permanent error of this code: the message becomes a dead letter, whose reader is told what it says. */
export const fails = (code: string, says?: string): Expected => ({ end: 'fails', code, says })

/** The reaction's `.when` turned the message away. */
export const ignored = (): Expected => ({ end: 'ignored' })

export const sets = <D extends object>(
  timer: TimerType<string, D>,
  delayMs: number,
  data?: NoInfer<D>,
): ExpectedTimer => ({ set: timer.type, delayMs, ...(data && { data }) })
export const cancels = (timer: TimerType<string, any>): CancelTimer<string> => cancel(timer)

/** @throws AssertionError whose message shows the difference. */
export function compareEnds(ended: Played['ended'], expected: Expected): void {
  const actual = shown(ended)
  const plain = 'out' in expected ? { ...expected, out: expected.out.map(plainly) } : expected
  deepStrictEqual(overlooking(actual, plain), plain)
}

/** The end of a message in the words of `Expected`. */
function shown(ended: Played['ended']): Record<string, unknown> {
  switch (ended.end) {
    case 'ignored':
      return { end: 'ignored' }
    case 'call':
      return { end: 'calls', request: ended.request }
    case 'thrown':
      return failure(ended.error)
    case 'answer': {
      const { answer: a } = ended
      if (a.outcome === 'refusal') return { end: 'refusal', code: a.code, status: a.status, says: a.detail }
      return { end: 'accepted', answer: a.answer, out: a.out.map(plainly) }
    }
    case 'outcome': {
      const { outcome: o } = ended
      if (o.outcome === 'refused') return { end: 'refused', code: o.code }
      const out = o.out.map(plainly)
      return o.outcome === 'rejected' ? { end: 'rejected', code: o.code, out } : { end: 'succeeded', out }
    }
  }
}

/** Only a permanent error has a code of its own; anything else that is thrown is a mistake, so its stack is shown. */
function failure(error: unknown): Record<string, unknown> {
  if (error instanceof Error && error.name === 'PermanentError' && 'code' in error)
    return { end: 'fails', code: error.code, says: error.message }
  return { end: 'threw', error: error instanceof Error ? error.stack : error }
}

/** Leaves out of what happened what the test did not ask for: a rejection's code, an error's text, a timer's data. */
function overlooking(actual: Record<string, unknown>, expected: object): Record<string, unknown> {
  const copy = { ...actual }
  for (const [name, value] of Object.entries(expected)) if (value === undefined && name in copy) copy[name] = undefined
  if (!('out' in expected) || !Array.isArray(copy.out)) return copy
  const wanted = expected.out as Record<string, unknown>[]
  copy.out = copy.out.map((out: Record<string, unknown>, i) => {
    const want = wanted[i]
    if (!('set' in out) || !want || 'data' in want) return out
    return { set: out.set, delayMs: out.delayMs }
  })
  return copy
}

const plainly = (out: unknown) => ({ ...(out as object) })
