import { expect, test } from 'vitest'
import { UnderWay } from './under-way.ts'

/** Sagas begin `each` at a time; whoever asks is told which of the samples are answered, by their number. */
function flow(o: { burst?: number; most?: number; waitMs?: number } = {}) {
  let nowMs = 0
  let begun = 0
  const underWay = new UnderWay({ burst: 10, most: 1_000, waitMs: 5_000, ...o, now: () => nowMs })
  return {
    underWay,
    begin(count: number, each = 1) {
      for (let i = 0; i < count; i += each) {
        nowMs += 10
        underWay.begun(Array.from({ length: each }, () => String(++begun)))
      }
    },
    answer(isAnswered: (saga: number) => boolean) {
      underWay.answered(new Set(underWay.waiting.filter(saga => isAnswered(Number(saga)))))
    },
    pass(ms: number) {
      nowMs += ms
    },
  }
}
const upTo = (last: number) => (saga: number) => saga <= last
const every = () => true

test('what began before an answered one has passed too', () => {
  const { underWay, begin, answer } = flow()
  begin(30)
  expect(underWay.count).toBe(30)
  answer(upTo(20))
  expect(underWay.count).toBe(10)
})

test('a few that overtake, and a few that are stuck, say nothing of the others', () => {
  const { underWay, begin, answer } = flow()
  begin(40)
  answer(saga => (saga <= 20 ? saga % 10 !== 0 : saga % 10 === 0))
  expect(underWay.count).toBe(21)
})

test('is full when more are under way than are answered in the time that one may wait', () => {
  const { underWay, begin, answer, pass } = flow({ waitMs: 1_000 })
  begin(1)
  answer(every)
  for (let second = 0; second < 5; second++) {
    begin(50)
    pass(500)
    answer(every)
  }
  // 50 a second, and a second's wait.
  begin(40)
  expect(underWay.isFull).toBe(false)
  begin(20)
  expect(underWay.isFull).toBe(true)
  expect(underWay.retryAfterSeconds).toBe(1)
  answer(upTo(280))
  expect(underWay.isFull).toBe(false)
})

test('a burst after a rest is no backlog', () => {
  const { underWay, begin, answer, pass } = flow({ burst: 100 })
  begin(1)
  answer(every)
  pass(20_000)
  begin(1)
  answer(every)
  begin(99)
  expect(underWay.isFull).toBe(false)
  begin(1)
  expect(underWay.isFull).toBe(true)
})

test('while nobody answers, others are away and not slow: the limit is the highest one, and there is one', () => {
  const { underWay, begin, answer, pass } = flow({ most: 500 })
  begin(1)
  answer(every)
  pass(31_000)
  begin(499, 1)
  expect(underWay.isFull).toBe(false)
  begin(1)
  expect(underWay.isFull).toBe(true)
})

test('where nobody has answered yet the limit is the highest one too', () => {
  const { underWay, begin } = flow({ burst: 1, most: 10 })
  begin(9)
  expect(underWay.isFull).toBe(false)
  begin(1)
  expect(underWay.isFull).toBe(true)
})

test('those that begin right behind a sample are counted until they are answered, and no longer', () => {
  const { underWay, begin, answer } = flow({ most: 100 })
  begin(1)
  answer(every)
  begin(1)
  // In the same instant: a batch that was let in before the door knew of the first.
  underWay.begun(Array.from({ length: 150 }, (_, n) => String(1_000 + n)))
  expect(underWay.isFull).toBe(true)
  answer(every)
  expect(underWay.count).toBe(0)
})

test('an outage in which sagas are given up is still an outage, and no slowness', () => {
  const { underWay, begin, answer, pass } = flow({ burst: 1_000, most: 20_000 })
  begin(1)
  answer(every)
  for (let second = 0; second < 1_200; second++) {
    pass(900)
    begin(10)
    answer(() => false)
    expect(underWay.isFull).toBe(false)
  }
  expect(underWay.count).toBeLessThan(10_000)
})

test('however many begin, and however long nobody answers, the samples are few and spread over all of them', () => {
  const { underWay, begin, answer } = flow()
  begin(100_000, 10)
  expect(underWay.waiting.length).toBeLessThanOrEqual(64)
  answer(upTo(50_000))
  expect(underWay.count).toBeGreaterThan(40_000)
  expect(underWay.count).toBeLessThan(60_000)
  answer(every)
  expect(underWay.count).toBeLessThan(10_000)
})

test('should all samples be stuck for good, the door is not shut for good', () => {
  const { underWay, begin, answer, pass } = flow({ most: 20 })
  begin(1)
  answer(every)
  begin(30)
  pass(60_000)
  answer(() => false)
  expect(underWay.isFull).toBe(true)
  pass(900_000)
  answer(() => false)
  expect(underWay.count).toBe(0)
})

test('the newest is a sample also when there have been so many that every second one is let go', () => {
  const { underWay, begin, answer } = flow()
  begin(64)
  begin(200, 200)
  answer(every)
  expect(underWay.count).toBe(0)
})

test('a rest does not make others slow: only the time in which something was under way counts', () => {
  const { underWay, begin, answer, pass } = flow({ waitMs: 1_000 })
  begin(50)
  pass(500)
  answer(every)
  pass(9_000)
  begin(50)
  pass(500)
  answer(every)
  // 50 a second while anything was under way, and a second's wait.
  begin(30)
  expect(underWay.isFull).toBe(false)
  begin(20)
  expect(underWay.isFull).toBe(true)
})
