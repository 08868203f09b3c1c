import type { Injector } from './faults/injector.ts'
import { targetOf } from './faults/injector.ts'
import type { OpenSagas } from './ground/open-sagas.ts'
import type { Load } from './load/load.ts'

const everyMs = 10_000

/** A line now and then, for whoever waits half an hour. */
export function tellProgress(o: {
  readonly load: Load
  readonly faults: Injector
  readonly openSagas: OpenSagas
  readonly say: (line: string) => void
}): { stop(): void } {
  const began = performance.now()
  const timer = setInterval(() => {
    const seconds = (performance.now() - began) / 1_000
    const { done, underWay } = o.faults
    const now = [...underWay].map(fault => `${fault.kind} ${targetOf(fault)}`).join(', ') || 'none'
    o.say(
      `${seconds.toFixed(0).padStart(5)} s  ${o.load.placed} sagas (${(o.load.placed / seconds).toFixed(0)}/s), ${o.openSagas.last} open; ${done.length} faults, ${done.filter(each => each.hadEffect).length} felt; now ${now}`,
    )
  }, everyMs)
  return { stop: () => clearInterval(timer) }
}
