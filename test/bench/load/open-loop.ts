import type { Loop } from './closed-loop.ts'
import type { Placing } from './placing.ts'

/**
 * So many orders a second, whatever becomes of them. Each has the time at which it should have been sent, also when the
 * process was late or no connection was free: waiting for those is part of the latency.
 */
export function openLoop(o: { placing: Placing; perSecond: number; perPost: number }): Loop {
  const beganMs = Date.now()
  const under = new Set<Promise<unknown>>()
  let sent = 0
  let timer: NodeJS.Timeout | undefined

  const timeOf = (n: number) => beganMs + (n * 1_000) / o.perSecond
  function tick(): void {
    const due = Math.floor(((Date.now() - beganMs) * o.perSecond) / 1_000)
    for (; sent + o.perPost <= due; sent += o.perPost) {
      const request = o.placing.place(Array.from({ length: o.perPost }, (_, i) => timeOf(sent + i)))
      under.add(request)
      void request.finally(() => under.delete(request))
    }
    timer = setTimeout(tick, 1)
  }
  tick()
  return {
    async end() {
      clearTimeout(timer)
      await Promise.all(under)
    },
  }
}
