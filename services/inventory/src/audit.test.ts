import { booksOf } from 'saga-kit/testing'
import { describe, expect, test } from 'vitest'
import { audit } from './audit.ts'
import { earlierOrderId, hold, lines, orderId, reservation, stock } from './examples.ts'
import { inventory } from './participant.ts'
import type { ReservationStatus } from './reservation.ts'

test.each<[ReservationStatus, string[]]>([
  ['reserved', ['kept lamp 2', 'kept bulb 1']],
  ['held', ['kept lamp 2', 'kept bulb 1']],
  ['committed', ['sold lamp 2', 'sold bulb 1']],
  ['released', []],
  ['returned', []],
  ['taken-over', []],
])('of a reservation that is %s the order has got, or keeps: %j', (status, expected) => {
  const row = reservation({ status, lines: [...lines, { sku: 'bulb', quantity: 1 }] })
  const said = audit.says.reservations!(row)
  expect(said.map(({ family, of, amount }) => `${family} ${of} ${amount}`)).toEqual(expected)
  for (const { family } of said) expect(audit.families).toContain(family)
})

/** One order has bought, one reserves, one holds, and one has taken a hold over. */
const shop = {
  stock: [stock({ onHand: 1, reserved: 6, sold: 2 })],
  reservations: [
    reservation({ orderId: 'bought', status: 'committed' }),
    reservation({ orderId: 'reserves' }),
    reservation({ orderId: 'holds', status: 'held' }),
    reservation({ orderId: earlierOrderId, status: 'taken-over' }),
    reservation({ orderId, tookOver: earlierOrderId }),
    reservation({ orderId: 'gone', status: 'released' }),
    reservation({ orderId: 'returned', status: 'returned' }),
  ],
  holds: [hold('holds')],
}

const books = (rows: object) => booksOf(inventory, rows as Parameters<typeof booksOf>[1])

test('stock and holds are the sum of the reservations, part by part', () => {
  expect(books(shop).map(({ book, wrong, parts }) => ({ book, wrong, parts }))).toEqual([
    { book: 'holds', wrong: 0, parts: { held: 2, 'on hold': -1, 'taken over': -1 } },
    { book: 'reserved', wrong: 0, parts: { held: -4, reserved: -4, stock: 6, 'taken over': 2 } },
    { book: 'sold', wrong: 0, parts: { committed: -2, stock: 2 } },
    { book: 'stock', wrong: 0, parts: { 'on hand': -1, received: 9, reserved: -6, sold: -2 } },
  ])
})

describe('what does not add up is named', () => {
  const [row] = shop.stock
  const withStock = (change: object) => ({ ...shop, stock: [{ ...row, ...change }] })
  const without = (gone: string) => ({ ...shop, reservations: shop.reservations.filter(r => r.orderId !== gone) })
  test.each<[string, object, string[]]>([
    ['a piece more on hand', withStock({ onHand: 2 }), ['stock lamp']],
    ['a piece more received', withStock({ received: 10 }), ['stock lamp']],
    ['a piece reserved for nobody', withStock({ onHand: 0, reserved: 7 }), ['reserved lamp']],
    ['a piece sold to nobody', withStock({ onHand: 0, sold: 3 }), ['sold lamp']],
    ['a sale without its reservation', without('bought'), ['sold lamp']],
    ['a reservation that is gone', without('reserves'), ['reserved lamp']],
    ['a held reservation that is gone', without('holds'), ['holds holds', 'reserved lamp']],
    ['a taken hold whose new order is gone', without(orderId), [`holds ${earlierOrderId}`]],
    ['a hold that is gone', { ...shop, holds: [] }, ['holds holds']],
    ['a hold of an order that holds nothing', { ...shop, holds: [hold('holds', 'gone')] }, ['holds gone']],
  ])('%s', (_, rows, expected) => {
    const wrong = books(rows).flatMap(({ book, violations }) => violations.map(({ account }) => `${book} ${account}`))
    expect(wrong).toEqual(expected)
  })
})
