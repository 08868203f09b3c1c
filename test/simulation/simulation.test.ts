import { createSimulation, planOf } from 'saga-kit/simulation'
import { expect, test, vi } from 'vitest'
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
