import { mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Outcome, openJournal, readJournal, writeCancelled } from './journal.ts'
import { type PlanLetter, planOf } from './plan.ts'
import { journalOf, savePlan } from './plan-file.ts'
import { standingOf } from './plan-standing.ts'
import { letter } from './replay.fixture.ts'

const ended: Outcome = { outcome: 'ended', how: null, detail: 'succeeded' }
const failed: Outcome = { outcome: 'failed', how: 'died-again', detail: 'no' }
const died = (second: number) => ({ diedAt: `2025-01-31T10:00:0${second}.000Z` })

function planned(...letters: PlanLetter[]) {
  const folder = mkdtempSync(join(tmpdir(), 'state-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const plan = planOf(letters, { operator: 'ann', fromTopic: false, now: new Date() })
  const file = savePlan(plan, { XDG_STATE_HOME: folder })
  const journal = () => openJournal(journalOf(file), { operator: 'ann', rate: 5 })
  return { file, journal, standing: (isOurs?: boolean) => standingOf(plan, file, isOurs) }
}

test('how far a plan is, from its making until nothing is left', () => {
  const [a, b, behind, other] = [
    letter('s1', 'a', died(1)),
    letter('s1', 'b', died(2)),
    letter('s1', 'c', died(3)),
    letter('s2', 'd'),
  ]
  const { journal, standing } = planned(a, b, behind, other)
  expect(standing()).toEqual({
    ...{ status: 'planned', ended: 0, already: 0, failed: [], skipped: [], left: 4, rate: null, stoppedBy: null },
    ...{ canGoOn: true, letters: [other, a, b, behind].map(each => ({ letter: each, became: 'left' })) },
  })
  const first = journal()
  first.begin(a)
  first.end(a, ended)
  expect(standing(true)).toMatchObject({ status: 'running', ended: 1, left: 3, rate: 5 })
  first.stopped('pay does not answer')
  first.close()
  expect(standing()).toMatchObject({ status: 'stopped', stoppedBy: 'pay does not answer' })
  const second = journal()
  second.end(b, failed)
  second.end(other, ended)
  second.stopped(null)
  second.close()
  expect(standing()).toMatchObject({ status: 'done', ended: 2, left: 0, stoppedBy: null })
  expect(standing()).toMatchObject({ canGoOn: false, failed: [{ letter: b, outcome: failed }], skipped: [behind] })
})

test('of each letter it is told what became of it, and what others had done before is not counted as done', () => {
  const letters = ['a', 'b', 'c', 'd', 'e'].map(id => letter(`saga ${id}`, id))
  const [a, b, c, d] = letters as [PlanLetter, PlanLetter, PlanLetter, PlanLetter]
  const { journal, standing } = planned(...letters)
  const run = journal()
  for (const each of [a, b, c, d]) run.begin(each)
  run.end(a, ended)
  run.end(b, { outcome: 'ended', how: 'already', detail: 'replay by bob' })
  run.end(c, failed)
  expect(standing(true).letters.map(({ became }) => became)).toEqual(['ended', 'already', 'failed', 'begun', 'left'])
  expect(standing(true)).toMatchObject({ ended: 1, already: 1, left: 2 })
  run.stopped(null)
  run.close()
})

test('a run of this process that this process knows nothing of was killed', () => {
  const { journal, standing } = planned(letter('s1', 'a'))
  journal().close()
  expect(standing().status).toBe('interrupted')
})

test('a run of another process lives while the process does and shows it', () => {
  const { file, journal, standing } = planned(letter('s1', 'a'))
  const { pid } = process
  const runBy = (of: number) => {
    Object.defineProperty(process, 'pid', { value: of, configurable: true })
    onTestFinished(() => void Object.defineProperty(process, 'pid', { value: pid, configurable: true }))
    journal().close()
    Object.defineProperty(process, 'pid', { value: pid, configurable: true })
  }
  runBy(process.ppid)
  expect(standing().status).toBe('running')
  const longAgo = new Date(Date.now() - 60_000)
  utimesSync(journalOf(file), longAgo, longAgo)
  expect(standing().status).toBe('interrupted')
  runBy(2 ** 22 + 1)
  expect(standing().status).toBe('interrupted')
})

test('a plan that was cancelled stays so, whatever was left', () => {
  const { file, journal, standing } = planned(letter('s1', 'a'))
  journal().close()
  writeCancelled(journalOf(file), 'bob')
  expect(standing()).toMatchObject({ status: 'cancelled', left: 1, canGoOn: false })
  expect(readJournal(journalOf(file)).cancelled).toMatchObject({ operator: 'bob' })
})
