import type { Decision } from '../../core/decision.ts'
import { Refused } from './trouble.ts'
import type { Thrown } from './troubled.ts'
import type { World } from './world.ts'

/**
 * The database refuses what some messages did, until they have failed once or twice. Whoever else is in their transaction
 * must not pay for it (rule 7).
 */
export class Refusals {
  readonly #world: World
  readonly #service: string
  readonly #thrown: Thrown
  readonly #left = new Map<string, number>()

  constructor(world: World, service: string, thrown: Thrown) {
    this.#world = world
    this.#service = service
    this.#thrown = thrown
  }

  /** @throws Refused */
  look({ decided }: Decision): void {
    const { rates, random } = this.#world
    if (rates.refused === 0) return
    for (const { delivery, outcome } of decided) {
      if (outcome !== 'succeeded') continue
      const name = `${delivery.sagaId} ${delivery.id}`
      if (!this.#left.has(name)) this.#left.set(name, random.next() < rates.refused ? random.int(1, 2) : 0)
      if (this.#left.get(name)! > 0) throw new Refused('23514', 'the simulation lets the database refuse it')
    }
  }

  /** It has failed for it: that try is counted. */
  saved({ decided }: Decision): void {
    for (const { delivery, outcome, error } of decided) {
      const name = `${delivery.sagaId} ${delivery.id}`
      const left = this.#left.get(name) ?? 0
      if (left === 0 || !(error instanceof Refused) || (outcome !== 'failed' && outcome !== 'dead')) continue
      this.#left.set(name, left - 1)
      const { step, direction } = delivery.reaction
      const tried = `${this.#service} ${delivery.sagaId} ${step}/${direction}`
      this.#thrown.set(tried, (this.#thrown.get(tried) ?? 0) + 1)
    }
  }
}
