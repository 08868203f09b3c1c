import { createSimulation, type Plan, planOf, type Rates, shrink, smallStory } from 'saga-kit/simulation'
import { expect, test, vi } from 'vitest'
import type { Safeguards } from '../../shared/src/core/safeguards.ts'
import { loyalty } from '../examples/loyalty/participant.ts'
import { shop } from './shop.ts'

// Seconds of work, which a busy machine may make minutes of.
vi.setConfig({ testTimeout: 300_000 })

const services = shop.participants.map(({ service }) => service)
const simulation = await createSimulation(shop)
const planFor = (seed: number) => planOf(seed, services)
const seeds = (count: number) => Array.from({ length: count }, (_, n) => n + 1)

test('of forty seeds nothing goes wrong, and everything that can happen does', () => {
  const endings = new Set<unknown>()
  let repeats = 0
  let deaths = 0
  for (const seed of seeds(40)) {
    const run = simulation.run(planFor(seed))
    expect(run.violations, `npm run simulate -- --seed ${seed}`).toEqual([])
    for (const { status, reason } of run.rows('order', 'orders')) endings.add(`${String(status)} (${String(reason)})`)
    for (const { status, tookOver } of run.rows('inventory', 'reservations'))
      endings.add(tookOver ? 'took over' : status)
    repeats += run.repeats
    deaths += run.letters
  }
  expect(endings).toEqual(
    new Set([
      ...['CONFIRMED (null)', 'REFUNDED (it did not fit)', 'CANCELLED (customer)', 'CANCELLED (timed-out)'],
      ...['CANCELLED (stock-rejected)', 'CANCELLED (balance-rejected)'],
      ...['committed', 'released', 'returned', 'taken-over', 'took over'],
    ]),
  )
  expect(Math.min(repeats, deaths)).toBeGreaterThan(10)
})

test('a participant that joins the shop holds what the others hold', async () => {
  const joined = await createSimulation({ ...shop, participants: [...shop.participants, loyalty] })
  let earned = 0
  for (const seed of seeds(10)) {
    const run = joined.run(planOf(seed, [...services, loyalty.service]))
    expect(run.violations, `seed ${seed}`).toEqual([])
    earned += run.rows('loyalty', 'earnings').length
  }
  expect(earned).toBeGreaterThan(0)
})

test('dozens that wait behind slow transactions, after a long pause, do not use up the steps of a run', () => {
  const { violations, steps } = simulation.run(planFor(58_702))
  expect(violations).toEqual([])
  // More than half a million, did each look again every few milliseconds.
  expect(steps).toBeLessThan(100_000)
})

test('what a rolled-back transaction was to delete is deleted at last, though nothing else is acknowledged', () => {
  expect(simulation.run(planFor(129_222)).violations).toEqual([])
})

test('the same seed is the same run, on every machine', () => {
  // Another digest means that the engine, a service or the simulation does something at another moment: look, then write it here.
  expect(simulation.run(planFor(1), { digest: true }).digest).toBe('b582e308b46b8c1d')
})

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
        .run(troubled(planFor(seed), rates), { safeguards: { [name]: false } })
        .violations.some(text => what.test(text)),
    )
    expect(goesWrong).toBeDefined()
  },
)

test('a run that goes wrong is made smaller, and told', () => {
  const without = { safeguards: { lateActions: false } }
  const goesWrong = (plan: Plan) => simulation.run(plan, without).violations.length > 0
  const small = shrink(planFor(1), goesWrong)
  expect(goesWrong(small)).toBe(true)
  expect(small.customers.length).toBeLessThanOrEqual(2)
  expect(small.faults).toEqual([])
  const story = smallStory(simulation, planFor(1), without.safeguards)
  expect(story).toMatch(
    /saga \d undo deduct_balance on OrderCancelled .*: succeeded\n(.*\n)*.*saga \d deduct_balance on StockReserved/,
  )
  expect(story).toMatch(/^wrong: saga \d CANCELLED: deducted EUR: order 0, balance \d+$/m)
})
