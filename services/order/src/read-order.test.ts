import { expect, test } from 'vitest'
import { earlier, orderId } from './examples.ts'
import { waitUntilSettled } from './read-order.ts'

const never = new AbortController().signal
const row = (settled: boolean) => ({ orderId, settled, createdAt: earlier, updatedAt: earlier })

/** A database in which the order is settled from the `settledAfter`th look on. */
function database(settledAfter: number) {
  const looks: number[] = []
  const query = async () => {
    looks.push(performance.now())
    return { rows: [row(looks.length >= settledAfter)] }
  }
  return { db: { query }, looks }
}

test('looks once when it shall not wait', async () => {
  const { db, looks } = database(Number.POSITIVE_INFINITY)
  expect(await waitUntilSettled(db, orderId, 0, never)).toMatchObject({ settled: false })
  expect(looks).toHaveLength(1)
})

test('answers as soon as the order is settled', async () => {
  const { db, looks } = database(4)
  expect(await waitUntilSettled(db, orderId, 30_000, never)).toMatchObject({ settled: true })
  expect(looks).toHaveLength(4)
})

test('answers with the order as it is when the time is over, having looked seldom', async () => {
  const { db, looks } = database(Number.POSITIVE_INFINITY)
  const begun = performance.now()
  expect(await waitUntilSettled(db, orderId, 600, never)).toMatchObject({ settled: false })
  expect(performance.now() - begun).toBeGreaterThanOrEqual(590)
  expect(looks.length).toBeLessThan(12)
})

test('does not wait for an order that is not there', async () => {
  expect(await waitUntilSettled({ query: async () => ({ rows: [] }) }, orderId, 30_000, never)).toBeUndefined()
})

test('ends when nobody listens any more', async () => {
  const { db } = database(Number.POSITIVE_INFINITY)
  const begun = performance.now()
  expect(await waitUntilSettled(db, orderId, 30_000, AbortSignal.timeout(50))).toMatchObject({ settled: false })
  expect(performance.now() - begun).toBeLessThan(1_000)
})
