import type { Call } from '../../core/decision.ts'
import type { Origin } from '../../core/delivery.ts'
import { eventId } from '../../core/ids.ts'
import { NoAnswer } from '../../runtime/make-call.ts'
import type { Process } from './process.ts'
import { delayMs } from './world.ts'

/** Rule 23: outside calls, made once their intent has committed. What becomes of one is drawn. */
export function makeCalls(process: Process, calls: readonly Call[]): void {
  const { world } = process.service
  for (const call of calls) process.after(delayMs(world), () => make(process, call))
}

function make(process: Process, { delivery, request, attempts, dueAtMs, inDoubt }: Call): void {
  const { world, targets } = process.service
  const { reaction } = delivery
  const target = targets[reaction.step]
  if (!target) throw new Error(`the scenario's \`targets\` has none for ${reaction.step}, which calls outside`)
  const { form } = reaction.handler
  const timeoutMs = form === 'effect' && 'timeoutMs' in reaction.handler ? reaction.handler.timeoutMs : 0
  const end = (afterMs: number, origin: Origin) =>
    process.after(afterMs, () => process.work([{ delivery: { ...delivery, origin }, takenAtMs: 0 }]))
  const failed = (afterMs: number, error: Error) =>
    end(afterMs, { source: 'result', attempts, dueAtMs, result: { ok: false, error } })

  const drawn = world.random.next() / Math.max(world.rates.callTrouble, Number.MIN_VALUE)
  if (drawn < 0.3) {
    const hold = { code: 'target-unreachable', message: 'the simulation lets nobody be there' } as const
    return end(delayMs(world), { source: 'unbegun', attempts, dueAtMs, hold, inDoubt })
  }
  if (drawn < 0.6) return failed(delayMs(world), new Error('the simulation lets the call fail'))
  const response = target(request, eventId(delivery.sagaId, reaction, 0))
  if (drawn < 1) return failed(timeoutMs, new NoAnswer(`no answer within ${timeoutMs} ms`))
  end(delayMs(world), { source: 'result', attempts, dueAtMs, result: { ok: true, response } })
}
