import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planOf, savePlan } from 'saga-kit/operating'
import { expect, onTestFinished, test } from 'vitest'
import { keptPlans } from './kept-plans.ts'

function stateFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'console-plans-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return { XDG_STATE_HOME: folder }
}
const empty = (operator: string) => planOf([], { operator, fromTopic: false, now: new Date() })

test('a plan is parsed once, and again when its file is another one', () => {
  const env = stateFolder()
  const plan = empty('ann')
  const file = savePlan(plan, env)
  const plans = keptPlans(env)
  const first = plans.get(plan.planId)
  expect(plans.get(plan.planId)).toBe(first)
  writeFileSync(file, JSON.stringify({ ...plan, operator: 'somebody else' }))
  expect(plans.get(plan.planId).plan.operator).toBe('somebody else')
})

test('a plan that was taken away is not told from memory', () => {
  const env = stateFolder()
  const plan = empty('ann')
  const file = savePlan(plan, env)
  const plans = keptPlans(env)
  plans.get(plan.planId)
  rmSync(file)
  expect(() => plans.get(plan.planId)).toThrow(`there is no plan ${plan.planId}`)
  expect(plans.ids()).toEqual([])
})
