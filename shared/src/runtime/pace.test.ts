import { expect, test } from 'vitest'
import { Pace } from './pace.ts'

const never = new AbortController().signal
const forEver = 2e9

test('looks often until nothing has moved for a second, and seldom then', () => {
  let now = 0
  const pace = new Pace({ awakeEveryMs: 20, restEveryMs: 250, now: () => now })
  expect(pace.waitMs()).toBe(250)
  pace.moved()
  now += 999
  expect(pace.waitMs()).toBe(20)
  now += 1
  expect(pace.waitMs()).toBe(250)
})

test('at rest it is back when something is known to become due, and no sooner than while awake', () => {
  const pace = new Pace({ awakeEveryMs: 20, restEveryMs: 250 })
  expect([1_000, 100, 1, -5_000].map(knownInMs => pace.waitMs(knownInMs))).toEqual([250, 100, 20, 20])
})

test('what moves here ends a wait that was begun at rest', async () => {
  const pace = new Pace({ awakeEveryMs: 1, restEveryMs: forEver })
  const waiting = pace.wait(never)
  pace.moved()
  await waiting
  expect(pace.waitMs()).toBe(1)
})

test('while awake it waits its time, however much moves, unless there is something to do', async () => {
  const pace = new Pace({ awakeEveryMs: forEver - 1, restEveryMs: forEver })
  pace.moved()
  let over = false
  const waiting = pace.wait(never).then(() => {
    over = true
  })
  pace.moved()
  await new Promise(setImmediate)
  expect(over).toBe(false)
  pace.wanted()
  await waiting
})

test('what was wanted during the look is not waited for', async () => {
  const pace = new Pace({ awakeEveryMs: forEver, restEveryMs: forEver })
  pace.wanted()
  await pace.wait(never)
})

test('a wait ends with its signal, also one that was aborted before', async () => {
  const stopping = new AbortController()
  const pace = new Pace({ awakeEveryMs: forEver, restEveryMs: forEver })
  const waiting = pace.wait(stopping.signal)
  stopping.abort()
  await waiting
  await pace.wait(stopping.signal)
})
