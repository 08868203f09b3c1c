import type { Call } from '../core/decision.ts'
import { eventId } from '../core/ids.ts'

/** Our own words for a target that said nothing in time: whether it acted is not known. */
export class NoAnswer extends Error {}

/**
 * Makes one outside call, with no transaction open, and gives its response.
 * @throws NoAnswer after the effect's `timeoutMs`; else whatever the call throws
 */
export async function makeCall({ delivery, request }: Call, o: { timeout: boolean }): Promise<unknown> {
  const { handler } = delivery.reaction
  if (handler.form !== 'effect') throw new Error('unreachable: only effects call')
  const timeout = new AbortController()
  const { promise: timedOut, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const error = new NoAnswer(`no answer within ${handler.timeoutMs} ms`)
    reject(error)
    timeout.abort(error)
  }, handler.timeoutMs)
  if (!o.timeout) clearTimeout(timer)
  try {
    const io = { idempotencyKey: eventId(delivery.sagaId, delivery.reaction, 0), signal: timeout.signal }
    // Begun inside a promise: a call that throws before it returns one must not leave `timedOut` unheard.
    const called = Promise.resolve().then(() => handler.call(request, io))
    return await Promise.race([called, timedOut])
  } finally {
    clearTimeout(timer)
  }
}
