import { createSimulation, type Plan, planOf, type Rates } from 'saga-kit/simulation'
import { expect, test } from 'vitest'
import type { Safeguards } from '../../shared/src/core/safeguards.ts'
import { shop } from './shop.ts'

const services = shop.participants.map(({ service }) => service)
const simulation = await createSimulation(shop)
const seeds = (count: number) => Array.from({ length: count }, (_, n) => n + 1)

/** What the simulation finds with a safeguard off, and within how many seeds. The others have a test of their own: ../README.md. */
const found: readonly [keyof Safeguards, within: number, what: RegExp, rates?: Partial<Rates>][] = [
  ['sagaLock', 60, /at rest|twice/],
  ['commitAcknowledged', 20, /never committed/],
  ['fence', 20, /deducted|dead/],
  ['emptyCompensation', 20, /dead at rest/],
  ['lateActions', 20, /deducted/],
  ['parking', 40, /took effect behind/],
  ['halving', 20, /tries, but threw/],
  ['pause', 20, /tries, but threw/],
  ['deferral', 40, /first published behind/],
  ['idempotencyKeys', 40, /was answered/],
  ['attemptsLimit', 20, /and lives/, { throws: 0.4 }],
  ['letterInTransaction', 20, /there is no letter/, { poison: 0.08, crash: 0.004 }],
  ['deathsGuard', 40, /was done to another/, { poison: 0.08, throws: 0.4 }],
]
const troubled = (plan: Plan, rates: Partial<Rates> = {}) => ({ ...plan, rates: { ...plan.rates, ...rates } })
test.each(found)(
  'without %s something goes wrong within %i seeds',
  { timeout: 60_000 },
  (name, within, what, rates) => {
    const goesWrong = seeds(within).find(seed =>
      simulation
        .run(troubled(planOf(seed, services), rates), { safeguards: { [name]: false } })
        .violations.some(text => what.test(text)),
    )
    expect(goesWrong).toBeDefined()
  },
)
