import { expect, test } from 'vitest'
import { closedLoop } from './closed-loop.ts'

/** A shop that answers and settles when it is told to. */
function shop(o: { together: number; perPost: number; answers?: 'taken' | 'settled' }) {
  const unanswered: { count: number; answer: (taken: number) => void }[] = []
  const loop = closedLoop({
    ...{ answers: 'taken', ...o },
    placing: {
      ...{ placed: [], refusedMs: [], answers: {} },
      place: ({ length: count }) => new Promise(answer => unanswered.push({ count, answer })),
    },
  })
  return {
    loop,
    unanswered,
    async answerAll(taken: (count: number) => number) {
      for (const { count, answer } of unanswered.splice(0)) answer(taken(count))
      await new Promise(setImmediate)
    },
  }
}
const counts = (all: readonly { count: number }[]) => all.map(({ count }) => count)

test('keeps so many under way: what is not answered, what was answered since the database was asked, what is not settled', async () => {
  const { loop, unanswered, answerAll } = shop({ together: 100, perPost: 40 })
  loop.seen(0, performance.now())
  expect(counts(unanswered)).toEqual([40, 40])
  await answerAll(count => count)
  expect(counts(unanswered)).toEqual([])
  loop.seen(80, performance.now())
  expect(counts(unanswered)).toEqual([])
  loop.seen(15, performance.now())
  expect(counts(unanswered)).toEqual([40, 40])
})

test('counts nothing as under way that was answered, when answers say that it is settled', async () => {
  const { unanswered, loop, answerAll } = shop({ together: 3, perPost: 1, answers: 'settled' })
  loop.seen(0, performance.now())
  expect(counts(unanswered)).toEqual([1, 1, 1])
  await answerAll(count => count)
  expect(counts(unanswered)).toEqual([1, 1, 1])
})

test('waits a moment when it is turned away', async () => {
  const { loop, unanswered, answerAll } = shop({ together: 10, perPost: 10 })
  loop.seen(0, performance.now())
  await answerAll(() => 0)
  loop.seen(0, performance.now())
  expect(counts(unanswered)).toEqual([])
})

test('ends when what is under way is answered', async () => {
  const { loop, unanswered, answerAll } = shop({ together: 10, perPost: 50 })
  loop.seen(0, performance.now())
  expect(counts(unanswered)).toEqual([10])
  let ended = false
  const end = loop.end().then(() => {
    ended = true
  })
  await new Promise(setImmediate)
  expect(ended).toBe(false)
  await answerAll(count => count)
  await end
  expect(counts(unanswered)).toEqual([])
})
