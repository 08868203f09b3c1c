import { setTimeout as sleep } from 'node:timers/promises'
import type { Call } from '../core/decision.ts'
import type { Origin, Turns } from '../core/delivery.ts'
import type { ReactionDefinition } from '../reaction.ts'
import { Batcher } from './batcher.ts'
import type { Engine } from './engine.ts'
import type { Pauses } from './pauses.ts'
import { StepCalls } from './step-calls.ts'

/** So many messages of these types can be taken now. */
export interface Take {
  readonly types: readonly string[]
  readonly most: number
  /** Whether the target is back, this one asks. */
  readonly probe?: true
}

/**
 * Makes the outside calls whose intent has committed, with no transaction open, and hands their ends to the engine
 * (rule 23). A call that ends after its deadline belongs to whoever repeats it: the engine drops its result. One that
 * could not begin is given back, and costs no try.
 */
export class Calls {
  readonly #steps: ReadonlyMap<string, StepCalls>
  readonly #ends: Batcher<{ call: Call; origin: Origin }>
  #isClosed = false

  /** `timeout` and `circuit`: for tests of the safeguards only. */
  constructor(o: {
    reactions: readonly ReactionDefinition[]
    engine: () => Engine
    maxBatch: number
    graceMs: number
    pauses: Pauses
    /** Messages that were held can be taken. */
    wake: () => void
    trouble: (error: unknown) => void
    timeout: boolean
    circuit: boolean
  }) {
    const { pauses, wake, timeout, circuit } = o
    const ended = (call: Call, origin: Origin) => {
      if (!this.#isClosed) this.#ends.add({ call, origin })
    }
    const steps = Map.groupBy(
      o.reactions.filter(({ handler }) => handler.form === 'effect'),
      reaction => reaction.step,
    )
    this.#steps = new Map(
      [...steps].map(([step, reactions]) => {
        const types = reactions.map(({ trigger }) => trigger.type)
        const own = { step, types, ended, longestInLineMs: o.graceMs / 2 }
        return [step, new StepCalls({ ...own, pauses, wake, timeout, circuit })]
      }),
    )
    this.#ends = new Batcher(o.maxBatch, async ends => {
      const items = ends.map(({ call, origin }) => ({
        delivery: { ...call.delivery, origin },
        takenAtMs: performance.now(),
      }))
      // A result that could not be written is not lost: the row's deadline brings the call again, with the same key.
      await o.engine().process(items, AbortSignal.timeout(60_000)).catch(o.trouble)
    })
  }

  begin(calls: readonly Call[]): void {
    for (const [step, ofStep] of Map.groupBy(calls, ({ delivery }) => delivery.reaction.step))
      this.#steps.get(step)!.begin(ofStep)
  }

  /** Of each step. */
  turns(): ReadonlyMap<string, Turns> {
    return new Map([...this.#steps.values()].map(({ step, turns }) => [step, turns]))
  }

  /** The messages that would not only be held: of each step as many as have a turn, or the one that may ask. */
  takes(): readonly Take[] {
    return [...this.#steps.values()].map(({ types, turns, mayProbe }) =>
      mayProbe ? { types, most: 1, probe: true } : { types, most: turns.free },
    )
  }

  /** Begins no more and waits for those under way. One that takes longer is repeated, here or elsewhere, when it is due. */
  async close(timeoutMs: number): Promise<void> {
    const steps = [...this.#steps.values()]
    for (const step of steps) step.stop()
    const waited = new AbortController()
    await Promise.race([
      Promise.allSettled(steps.flatMap(({ underWay }) => [...underWay])),
      sleep(timeoutMs, undefined, { signal: waited.signal }).catch(() => undefined),
    ])
    waited.abort()
    this.#isClosed = true
    await this.#ends.idle()
  }
}
