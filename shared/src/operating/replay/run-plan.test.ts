import { expect, test } from 'vitest'
import type { Outcome } from './journal.ts'
import { createPace } from './pace.ts'
import { type PlanLetter, planOf } from './plan.ts'
import { letter, memoryJournal } from './replay.fixture.ts'
import { runPlan } from './run-plan.ts'

const died = (second: number) => ({ diedAt: `2025-01-31T10:00:0${second}.000Z` })
const planned = (...letters: PlanLetter[]) => ({
  ...planOf([], { operator: 'ann', fromTopic: false, now: new Date() }),
  letters,
})
const ended: Outcome = { outcome: 'ended', how: null, detail: 'succeeded' }
const failed = (how: Outcome['how']): Outcome => ({ outcome: 'failed', how, detail: 'no' })
const silent = { ended() {}, skipped() {} }
const neverStopped = new AbortController().signal

const run = (
  letters: readonly PlanLetter[],
  replay: (letter: PlanLetter) => Promise<Outcome>,
  journal = memoryJournal(),
  stopping = neverStopped,
) =>
  runPlan(planned(...letters), { journal, replay, pace: createPace(undefined, stopping), stopping, progress: silent })

test('of one saga a letter begins when the one before it has ended; sagas go on beside each other', async () => {
  const running = new Set<string>()
  const order: string[] = []
  let most = 0
  const sagas = ['s1', 's2', 's3']
  const letters = sagas.flatMap(saga => [3, 1, 2].map(n => letter(saga, `${saga}/${n}`, died(n))))
  const summary = await run(letters, async ({ sagaId, id }) => {
    expect(running.has(sagaId!)).toBe(false)
    running.add(sagaId!)
    most = Math.max(most, running.size)
    order.push(id)
    await new Promise(resolve => setImmediate(resolve))
    running.delete(sagaId!)
    return ended
  })
  expect(summary).toMatchObject({ ended: 9, failed: [], skipped: [], left: 0 })
  for (const saga of sagas) expect(order.filter(id => id.startsWith(saga))).toEqual([1, 2, 3].map(n => `${saga}/${n}`))
  expect(most).toBe(3)
})

test('at its first new failure the rest of a saga is left and named; the others go on', async () => {
  const letters = [1, 2, 3].flatMap(n => [letter('s1', `ill ${n}`, died(n)), letter('s2', `well ${n}`, died(n))])
  const touched: string[] = []
  const summary = await run(letters, async ({ id }) => {
    touched.push(id)
    return id === 'ill 2' ? failed('died-again') : ended
  })
  expect(touched.toSorted()).toEqual(['ill 1', 'ill 2', 'well 1', 'well 2', 'well 3'])
  expect(summary.failed.map(each => [each.letter.id, each.outcome.how])).toEqual([['ill 2', 'died-again']])
  expect(summary.skipped.map(({ id }) => id)).toEqual(['ill 3'])
})

test('what others had done before their turn is counted for itself', async () => {
  const already: Outcome = { outcome: 'ended', how: 'already', detail: 'replay by bob' }
  const letters = [letter('s1', 'ours'), letter('s2', 'theirs')]
  const summary = await run(letters, async ({ id }) => (id === 'ours' ? ended : already))
  expect(summary).toMatchObject({ ended: 1, already: 1, left: 0 })
})

test('stopped, what is under way is finished, and a resumed run does the rest, once', async () => {
  const letters = Array.from({ length: 30 }, (_, i) => letter(`s${i % 10}`, `${i}`, died(Math.floor(i / 10))))
  const journal = memoryJournal()
  const stopping = new AbortController()
  const touched: string[] = []
  const first = await run(
    letters,
    async ({ id }) => {
      touched.push(id)
      if (touched.length === 12) stopping.abort()
      await new Promise(resolve => setImmediate(resolve))
      return ended
    },
    journal,
    stopping.signal,
  )
  expect(first.ended).toBe(touched.length)
  expect(first.left).toBe(30 - touched.length)
  expect(first.left).toBeGreaterThan(0)
  expect(first.stoppedBy).toBeUndefined()

  const touch = async ({ id }: PlanLetter) => {
    touched.push(id)
    return ended
  }
  const second = await run(letters, touch, journal)
  expect(second).toMatchObject({ ended: 30, left: 0 })
  expect(touched.toSorted()).toEqual(letters.map(({ id }) => id).toSorted())
  const again = await run(letters, () => Promise.reject(new Error('touched again')), journal)
  expect(again).toMatchObject({ ended: 30, left: 0, stoppedBy: undefined })
})

test('a failure stays one when the plan is run again; what was not in time, unknown or refused is asked again', async () => {
  const letters = [letter('s1', 'dead'), letter('s2', 'slow'), letter('s3', 'gone'), letter('s4', 'ill')]
  const journal = memoryJournal()
  const hows: Record<string, Outcome['how']> = {
    ...{ dead: 'died-again', slow: 'not-in-time', gone: 'unknown', ill: 'refused' },
  }
  await run(letters, async ({ id }) => failed(hows[id]!), journal)
  const second = await run(letters, async () => ended, journal)
  expect(second.failed.map(each => each.letter.id)).toEqual(['dead'])
  expect(second.ended).toBe(3)
})

test('what stops one stops all, after what is under way, and is told', async () => {
  const letters = Array.from({ length: 40 }, (_, i) => letter(`s${i}`, `${i}`))
  const journal = memoryJournal()
  const summary = await run(
    letters,
    async ({ id }) => {
      if (id === '3') throw new Error('pay is away')
      return ended
    },
    journal,
  )
  expect(summary.stoppedBy?.message).toBe('pay is away')
  expect(summary.left).toBe(40 - summary.ended)
  expect(journal.entries).toContain('begin 3')
  expect(journal.entries).not.toContain('ended 3')
})

test('each letter is journalled before it is touched', async () => {
  const journal = memoryJournal()
  await run(
    [letter('s1', 'a')],
    async () => {
      expect(journal.entries).toEqual(['begin a'])
      return ended
    },
    journal,
  )
  expect(journal.entries).toEqual(['begin a', 'ended a'])
})

test('a rate is kept over all sagas', async () => {
  const pace = createPace(100, neverStopped)
  const began = performance.now()
  await Promise.all(Array.from({ length: 21 }, pace))
  expect(performance.now() - began).toBeGreaterThanOrEqual(195)
})
