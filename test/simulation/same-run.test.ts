import { createSimulation, type Plan, planOf, shrink, smallStory } from 'saga-kit/simulation'
import { expect, test } from 'vitest'
import { shop } from './shop.ts'

const simulation = await createSimulation(shop)
const firstPlan = planOf(
  1,
  shop.participants.map(({ service }) => service),
)

test('the same seed is the same run, on every machine', () => {
  // Another digest means that the engine, a service or the simulation does something at another moment: look, then write it here.
  expect(simulation.run(firstPlan, { digest: true }).digest).toBe('3d809f0518447259')
})

test('a run that goes wrong is made smaller, and told', () => {
  const without = { safeguards: { lateActions: false } }
  const goesWrong = (plan: Plan) => simulation.run(plan, without).violations.length > 0
  const small = shrink(firstPlan, goesWrong)
  expect(goesWrong(small)).toBe(true)
  expect(small.customers.length).toBeLessThanOrEqual(2)
  expect(small.faults).toEqual([])
  const story = smallStory(simulation, firstPlan, without.safeguards)
  expect(story).toMatch(
    /saga \d undo deduct_balance on OrderCancelled .*: succeeded\n(.*\n)*.*saga \d deduct_balance on StockReserved/,
  )
  expect(story).toMatch(/^wrong: saga \d CANCELLED: deducted EUR: order 0, balance \d+$/m)
})
