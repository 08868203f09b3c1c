import { setTimeout as sleep } from 'node:timers/promises'
import { type Fault, type FaultKind, faultOf, faultsOf, kindNames } from '../plan.ts'
import { inflictions } from './all.ts'
import type { Battle, Seen } from './battle.ts'
import { createLocks } from './locks.ts'

export interface Done extends Fault, Seen {
  /** Since the first fault. */
  readonly beganMs: number
  readonly tookMs: number
}

export interface Injector {
  readonly done: readonly Done[]
  readonly underWay: ReadonlySet<Fault>
  /** Faults that did not end as they should: what was broken could not be put together again. */
  readonly failures: readonly string[]
  /** How often the effect of each kind was seen. */
  effects(kind: FaultKind): number
  /** Resolves when no fault is under way any more and everything runs. */
  readonly ended: Promise<void>
}

export interface InjectorOptions {
  readonly seed: string
  readonly battle: Battle
  /** Faults at a time. */
  readonly atOnce: number
  readonly forMs: number
  /** Effects of each kind that must be seen: kinds that lack some go on for up to `extraMs` longer. */
  readonly quota: number
  readonly extraMs: number
  readonly report: (line: string) => void
}

/** Inflicts the faults of the plan in its order, as many at a time as told, and those of different targets over one another. */
export function startInjector(o: InjectorOptions): Injector {
  const { seed, battle, forMs, quota, extraMs } = o
  const plan = faultsOf(seed)
  const used = new Map<FaultKind, number>()
  const done: Done[] = []
  const underWay = new Set<Fault>()
  const failures: string[] = []
  const locks = createLocks()
  const began = performance.now()
  const effects = (kind: FaultKind) => done.filter(each => each.kind === kind && each.hadEffect).length

  function next(): Fault | undefined {
    const sinceMs = performance.now() - began
    if (sinceMs < forMs) return plan.next().value
    if (sinceMs > forMs + extraMs) return undefined
    const coming = (kind: FaultKind) => [...underWay].filter(each => each.kind === kind).length
    const lacking = kindNames.find(kind => effects(kind) + coming(kind) < quota)
    return lacking && faultOf(seed, lacking, used.get(lacking) ?? 0)
  }

  async function worker(): Promise<void> {
    for (let fault = next(); fault; fault = next()) {
      used.set(fault.kind, fault.nth + 1)
      underWay.add(fault)
      const { inflict, holds } = inflictions[fault.kind]
      const giveBack = await locks.take(holds(fault))
      const beganMs = performance.now()
      const told = `${fault.kind} ${targetOf(fault)}`
      try {
        const seen = await inflict(battle, fault)
        const times = { beganMs: Math.round(beganMs - began), tookMs: Math.round(performance.now() - beganMs) }
        done.push({ ...fault, ...seen, ...times })
        o.report(`${told}: ${seen.saw}${seen.hadEffect ? '' : ' (no effect)'}`)
      } catch (error) {
        failures.push(`${told}: ${error instanceof Error ? error.message : String(error)}`)
        o.report(`${told} failed: ${String(error)}`)
      }
      underWay.delete(fault)
      giveBack()
      await sleep(fault.restMs)
    }
  }

  return {
    ...{ done, underWay, failures, effects },
    ended: Promise.all([sleep(forMs), ...Array.from({ length: o.atOnce }, worker)]).then(() => undefined),
  }
}

export function targetOf(fault: Fault): string {
  const held = inflictions[fault.kind].holds(fault)
  return held.length > 1 ? fault.service : held.join()
}
