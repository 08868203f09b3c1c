import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { journalOf, planOf, savePlan } from 'saga-kit/operating'
import { expect, onTestFinished, test } from 'vitest'
import { keptPlans } from './kept-plans.ts'
import { planView } from './plan-view.ts'

test('of a plan with thousands of failures pages are told how many, and the first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'console-plans-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const env = { XDG_STATE_HOME: folder }
  const letters = Array.from({ length: 2_000 }, (_, n) => ({
    ...{ service: 'pay', id: `letter ${n}`, sagaId: null, deaths: 1, step: 'charge', direction: 'action' as const },
    ...{ messageType: 'Booked', errorCode: 'no', diedAt: new Date(n).toISOString() },
  }))
  const plan = planOf(letters, { operator: 'ann', fromTopic: false, now: new Date() })
  const failed = { entry: 'end', at: '', outcome: 'failed', how: 'died-again', detail: 'x'.repeat(10_000) }
  const journal = letters.map(({ service, sagaId, id, deaths }) =>
    JSON.stringify({ ...failed, letter: JSON.stringify([service, sagaId, id, deaths]) }),
  )
  appendFileSync(journalOf(savePlan(plan, env)), `${journal.join('\n')}\n`)

  const view = await planView(plan.planId, { plans: keptPlans(env), runs: { of: () => undefined }, pool: {} as never })
  expect([view.failed, view.failures.length, view.failures[0]?.id]).toEqual([2_000, 100, 'letter 0'])
  // What a page may be behind before it is let go.
  expect(JSON.stringify(view).length).toBeLessThan(256 * 1024)
})
