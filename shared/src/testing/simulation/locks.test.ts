import { expect, test } from 'vitest'
import { Locks, newOwner, type Owner } from './locks.ts'
import type { Steps } from './steps.ts'
import { Deadlock } from './trouble.ts'

/** What it looked for again, and how often. */
function waitFor(steps: Steps<void>) {
  const looks: string[] = []
  const { value } = steps.next()
  if (value?.at !== 'blocked') throw new Error('nobody holds the lock')
  value.whenFree(() => looks.push('again'))
  return looks
}
const held = (locks: Locks, name: string): Owner => {
  const owner = newOwner()
  expect(locks.take(owner, name).next().done).toBe(true)
  return owner
}

test('all who wait for a transaction look again when it ends, once, and the first of them has the lock', () => {
  const locks = new Locks()
  const holder = held(locks, 'a')
  const first = locks.take(newOwner(), 'a')
  const second = locks.take(newOwner(), 'a')
  const looks = [waitFor(first), waitFor(second)]
  expect(looks).toEqual([[], []])
  locks.release(holder)
  locks.release(holder)
  expect(looks).toEqual([['again'], ['again']])
  expect(first.next().done).toBe(true)
  expect(waitFor(second)).toEqual([])
})

test('who would close a circle of waiting is told, also when the lock has another holder than it waited for', () => {
  const locks = new Locks()
  const holder = held(locks, 'a')
  const waiter = held(locks, 'b')
  const waiting = locks.take(waiter, 'a')
  waitFor(waiting)
  locks.release(holder)
  const next = held(locks, 'a')
  waitFor(locks.take(next, 'b'))
  expect(() => waiting.next()).toThrow(Deadlock)
})
