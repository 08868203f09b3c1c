import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PlanLetter, planOf, savePlan } from 'saga-kit/operating'
import { expect, onTestFinished, test } from 'vitest'
import { consoleDatabase } from '../database.fixture.ts'
import type { LetterRecord } from '../observer/observed-record.ts'
import { saveLetters } from '../observer/save-letters.ts'
import { keptPlans } from './kept-plans.ts'
import { planLetters, planView } from './plan-view.ts'

const diedAt = new Date('2026-01-31T12:00:00.000Z')
const letter = (n: number, o: Partial<PlanLetter> = {}): PlanLetter => ({
  ...{ service: 'pay', id: `letter ${n}`, sagaId: `0198c0de-0000-7000-8000-00000000000${n}`, deaths: 1 },
  ...{ step: 'charge', direction: 'action', messageType: 'Booked', errorCode: 'no' },
  diedAt: new Date(diedAt.getTime() + n).toISOString(),
  ...o,
})
const seen = ({ service, id, sagaId, deaths }: PlanLetter, status: string): LetterRecord => ({
  ...{ kind: 'letter', topic: 'pay.dlq', partition: 0, offset: 1, service, id, sagaId, deaths, status },
  ...{ step: 'charge', direction: 'action', messageType: 'Booked', errorCode: 'no', errorMessage: 'no' },
  ...{ attempts: 3, firstFailedAt: diedAt, diedAt },
})

test('of a plan that waits it is told which letters are open yet, and when none is, that it is of no use', async () => {
  const { pool, end } = await consoleDatabase()
  onTestFinished(end)
  const folder = mkdtempSync(join(tmpdir(), 'console-plans-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const env = { XDG_STATE_HOME: folder }
  const letters = [1, 2, 3, 4].map(n => letter(n))
  // Nobody could read it: it has no saga.
  letters.push(letter(5, { sagaId: null, step: null, direction: null }))
  const plan = planOf(letters, { operator: 'ann', fromTopic: false, now: new Date() })
  savePlan(plan, env)
  const [open, replayed, again, unseen, unreadable] = letters as [
    PlanLetter,
    PlanLetter,
    PlanLetter,
    PlanLetter,
    PlanLetter,
  ]
  const save = async (...records: LetterRecord[]) => {
    const client = await pool.connect()
    await saveLetters(client, records).finally(() => client.release())
  }
  const o = { plans: keptPlans(env), runs: { of: () => undefined }, pool }

  await save(seen(open, 'open'), seen(replayed, 'replayed'), seen({ ...again, deaths: 2 }, 'open'))
  await save(seen(unreadable, 'discarded'))
  expect(await planView(plan.planId, o)).toMatchObject({ status: 'planned', left: 5, open: 2 })
  const first = await planLetters(plan.planId, { after: 0, limit: 3 }, o)
  expect(first.letters.map(({ id, became, detail }) => [id, became, detail])).toEqual([
    [open.id, 'open', null],
    [replayed.id, 'gone', 'replayed'],
    [again.id, 'changed', 'it has died 2 times by now'],
  ])
  const [after] = JSON.parse(Buffer.from(first.next!, 'base64url').toString())
  const last = await planLetters(plan.planId, { after, limit: 3 }, o)
  expect(last.letters.map(({ id, became }) => [id, became])).toEqual([
    [unseen.id, 'open'],
    [unreadable.id, 'gone'],
  ])
  expect(last.next).toBeNull()

  const later = (of: PlanLetter) => ({ ...seen(of, 'discarded'), offset: 2 })
  await save(later(open), later(unseen))
  expect(await planView(plan.planId, o)).toMatchObject({ status: 'outdated', left: 5, open: 0 })
})
