import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { bySaga, countsOf, planOf } from './plan.ts'
import { journalOf, loadPlan, plansFolder, savePlan } from './plan-file.ts'
import { letter } from './replay.fixture.ts'

const now = new Date('2025-01-31T12:00:00Z')
const by = { operator: 'ann', fromTopic: false, now }

test('letters are ordered by death within a saga, over all services; sagas keep apart', () => {
  const letters = [
    letter('s1', 'third', { service: 'order', diedAt: '2025-01-31T10:03:00.000Z' }),
    letter('s2', 'other', { diedAt: '2025-01-31T10:02:00.000Z' }),
    letter('s1', 'first', { service: 'stock', diedAt: '2025-01-31T10:01:00.000Z' }),
    letter('s1', 'second', { service: 'order', diedAt: '2025-01-31T10:01:00.001Z' }),
  ]
  expect(bySaga(letters).map(saga => saga.map(({ id }) => id))).toEqual([['first', 'second', 'third'], ['other']])
})

test('records that nobody could read stand alone, each for itself', () => {
  const unreadable = (service: string, id: string) => letter(null, id, { service })
  const sagas = bySaga([unreadable('a', 't/0/1'), unreadable('b', 't/0/1'), unreadable('a', 't/0/2')])
  expect(sagas.map(saga => saga.length)).toEqual([1, 1, 1])
})

test('a plan is counted by service, step and error', () =>
  expect(
    countsOf([
      letter('s1', 'a', { errorCode: 'x' }),
      letter('s1', 'b'),
      letter('s2', 'c'),
      letter('s2', 'd', { direction: 'compensation' }),
    ]),
  ).toEqual([
    { service: 'pay', step: 'pay', error: 'handler-threw', letters: 2, sagas: 2 },
    { service: 'pay', step: 'pay', error: 'x', letters: 1, sagas: 1 },
    { service: 'pay', step: 'undo pay', error: 'handler-threw', letters: 1, sagas: 1 },
  ]))

function stateFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'state-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return { XDG_STATE_HOME: folder }
}

test('a plan is kept as it was shown, and found by its id or its file; its journal stands beside it', () => {
  const env = stateFolder()
  const plan = planOf([letter('s1', 'a')], by)
  const file = savePlan(plan, env)
  expect(file).toBe(join(env.XDG_STATE_HOME, 'saga/plans', `${plan.planId}.json`))
  expect(loadPlan(plan.planId, env)).toEqual({ plan, file })
  expect(loadPlan(file, {})).toEqual({ plan, file })
  expect(journalOf(file)).toBe(join(plansFolder(env), `${plan.planId}.journal.ndjson`))
  expect(plansFolder({ XDG_STATE_HOME: '' })).toMatch(/\.local\/state\/saga\/plans$/)
})

test('a plan holds what names a death, and nothing of the message', () => {
  const found = { ...letter('s1', 'a'), errorMessage: 'of Ann, ann@example.org', bodyBase64: 'AAAA' }
  expect(JSON.stringify(planOf([found], by))).not.toMatch(/ann@|AAAA/)
})

test.each([
  ['no-such-plan', undefined, 'not-found', /^there is no plan no-such-plan/],
  ['broken', '{"planId": "broken"', 'wrong-request', /broken.json is no plan/],
  ['edited', '{"planId": "edited", "letters": [{"id": 1}]}', 'wrong-request', /edited.json is no plan \(createdAt: /],
])('%s: refused in one line', (name, text, code, line) => {
  const env = stateFolder()
  savePlan(planOf([], by), env)
  if (text !== undefined) writeFileSync(join(plansFolder(env), `${name}.json`), text)
  try {
    loadPlan(name, env)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code, message: expect.stringMatching(line) })
  }
})
