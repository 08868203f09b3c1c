import { expect, test } from 'vitest'
import { differences } from './differences.ts'
import { type FoundOrder, promisesOf } from './promises.ts'
import type { Told } from './told.ts'

const basket = { customerId: 'ann', currency: 'EUR', lines: [{ sku: 'tea', quantity: 2 }] }
const told = (changes: Partial<Told> = {}): Told => ({
  ...{ orders: new Map([['1', basket]]), cancelled: new Set(), refunded: new Set() },
  ...{ deposits: new Map(), receipts: new Map(), ...changes },
})
const order = (changes: Partial<FoundOrder> = {}): FoundOrder => ({
  ...{ orderId: '1', ...basket, totalMinor: 200, status: 'CONFIRMED', reason: null, ...changes },
})
const broken = (what: Told, ...orders: FoundOrder[]) => {
  const promises = promisesOf(what, 100)
  for (const each of orders) promises.compare(each)
  return promises.broken()
}
const kept = { lost: [], ignored: [], nobodys: [] }

test.each([
  ['an order that is there', told(), order()],
  ['one that timed out', told(), order({ status: 'CANCELLED', reason: 'timed-out' })],
  ['one that is cancelled', told({ cancelled: new Set('1') }), order({ status: 'CANCELLED', reason: 'customer' })],
  ['one to be refunded', told({ refunded: new Set('1') }), order({ status: 'REFUNDING', reason: 'broken' })],
  ['one that is refunded', told({ refunded: new Set('1') }), order({ status: 'REFUNDED', reason: 'broken' })],
])('kept: %s', (_, what, found) => expect(broken(what, found)).toEqual(kept))

test.each<[string, Partial<FoundOrder>, string]>([
  ['price', { totalMinor: 199 }, '199 EUR of ann for 2 tea'],
  ['currency', { currency: 'USD' }, '200 USD of ann for 2 tea'],
  ['customer', { customerId: 'ben' }, '200 EUR of ben for 2 tea'],
  ['number of pieces', { lines: [{ sku: 'tea', quantity: 1 }] }, '200 EUR of ann for 1 tea'],
  ['basket', { lines: [...basket.lines, { sku: 'lamp', quantity: 1 }] }, '200 EUR of ann for 2 tea, 1 lamp'],
])('an order with another %s than was asked for is lost', (_, changes, is) =>
  expect(broken(told(), order(changes))).toEqual({
    ...kept,
    lost: [`order 1 should be 200 EUR of ann for 2 tea, but is ${is}`],
  }),
)
test('so is one that is not there', () =>
  expect(broken(told())).toEqual({ ...kept, lost: ['order 1 was taken, and is not there'] }))
test('an order that nobody was told of was placed twice', () =>
  expect(broken(told(), order(), order({ orderId: '2' }))).toEqual({
    ...kept,
    nobodys: ['nobody was told of order 2 of ann'],
  }))

test.each([
  [
    'a cancellation without effect',
    told({ cancelled: new Set('1') }),
    order({ status: 'CANCELLED', reason: 'timed-out' }),
    'its cancellation was granted, and it is CANCELLED (timed-out)',
  ],
  [
    'a cancellation that nobody was granted',
    told(),
    order({ status: 'CANCELLED', reason: 'customer' }),
    'its cancellation was not granted, and it is CANCELLED (customer)',
  ],
  ['a refund without effect', told({ refunded: new Set('1') }), order(), 'its refund was granted, and it is CONFIRMED'],
  [
    'a refund that nobody was granted',
    told(),
    order({ status: 'REFUNDING', reason: 'broken' }),
    'its refund was not granted, and it is REFUNDING (broken)',
  ],
])('%s', (_, what, found, text) => expect(broken(what, found)).toEqual({ ...kept, ignored: [`order 1: ${text}`] }))

test('sums that differ are named, with what is there', () => {
  const expected = new Map([
    ['ann', 3],
    ['ben', 1],
    ['rich', 5],
  ])
  const found = new Map([
    ['ann', 2],
    ['rich', 5],
    ['nobody', 4],
  ])
  expect(differences(expected, found)).toEqual({
    missing: ['ann: 3 expected, 2 found', 'ben: 1 expected, 0 found'],
    tooMany: ['nobody: 0 expected, 4 found'],
  })
})
