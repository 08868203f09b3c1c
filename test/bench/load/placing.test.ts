import { expect, test } from 'vitest'
import type { Reply } from './connection.ts'
import { startPlacing } from './placing.ts'

const order = { wish: 'confirmed', customerId: 'customer', sku: 'sku', quantity: 1 } as const

/** What is placed at a shop that gives these answers, one after the other. */
function placingAt(replies: readonly (Reply | undefined)[]) {
  const left = [...replies]
  return startPlacing({
    connections: { post: async () => left.shift() },
    ...{ door: { path: '/orders', ids: 'drawn', answers: 'taken' }, orderOf: () => order, taken: () => {} },
  })
}
const taken = (orderId: string) => ({ status: 202, body: JSON.stringify({ orderId, status: 'PENDING' }) })
const id = (n: number) => `00000000-0000-7000-8000-00000000000${n}`

test('writes down when each order should have been sent, whether it was taken or not', async () => {
  const placing = placingAt([taken(id(1)), { status: 503, body: '' }, { status: 0, body: '' }, undefined])
  const counts = []
  for (const ms of [10, 20, 30, 40]) counts.push(await placing.place([ms]))
  expect(counts).toEqual([1, 0, 0, 0])
  expect(placing.placed).toEqual([{ orderId: id(1), intendedMs: 10, wish: 'confirmed' }])
  expect(placing.refusedMs).toEqual([20, 30, 40])
  expect(placing.answers).toEqual({
    ...{ 'POST /orders 202': 1, 'POST /orders 503': 1, 'POST /orders 0': 1, 'order never sent': 1 },
  })
})

test('of several in a request each by its own answer, or all by that of the request', async () => {
  const results = [
    { status: 202, body: { orderId: id(1) } },
    { status: 503, body: {} },
  ]
  const placing = placingAt([{ status: 200, body: JSON.stringify({ results }) }, { status: 503, body: '' }, undefined])
  for (const ms of [10, 20, 30]) await placing.place([ms, ms + 1])
  expect(placing.placed.map(({ intendedMs }) => intendedMs)).toEqual([10])
  expect(placing.refusedMs).toEqual([11, 20, 21, 30, 31])
})
