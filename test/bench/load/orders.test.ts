import { expect, test } from 'vitest'
import { bodyOf, orderMaker } from './orders.ts'

const goods = { skus: ['a', 'b', 'c'], customers: ['x', 'y'], scarce: 'scarce', poor: 'poor' }
const hundred = Array.from({ length: 100 }, (_, n) => n)

test('of each hundred of the mix ten are rejected, half for want of each, five cancelled, two refunded', () => {
  const orders = hundred.map(orderMaker('mix', goods))
  const counts = Map.groupBy(orders, ({ wish }) => wish)
  expect([...counts].map(([wish, all]) => [wish, all.length]).sort()).toEqual([
    ['cancelled', 5],
    ['confirmed', 83],
    ['refunded', 2],
    ['rejected', 10],
  ])
  expect(orders.filter(({ customerId }) => customerId === 'poor').length).toBe(5)
  expect(orders.filter(({ sku }) => sku === 'scarce').length).toBe(5)
})

test('hot ones have one sku, or one customer, and all of the other', () => {
  const of = (blend: 'one-sku' | 'one-customer', field: 'sku' | 'customerId') =>
    new Set(hundred.map(orderMaker(blend, goods)).map(order => order[field])).size
  expect([of('one-sku', 'sku'), of('one-sku', 'customerId')]).toEqual([1, 2])
  expect([of('one-customer', 'customerId'), of('one-customer', 'sku')]).toEqual([1, 3])
})

test('the body is JSON', () =>
  expect(JSON.parse(bodyOf({ wish: 'confirmed', customerId: 'x', sku: 'a', quantity: 2 }))).toEqual({
    ...{ customerId: 'x', currency: 'EUR', lines: [{ sku: 'a', quantity: 2 }] },
  }))
