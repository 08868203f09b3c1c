import { expect, test } from 'vitest'
import { audit } from './audit.ts'
import { earlier, order } from './examples.ts'
import type { Order } from './order.ts'

const says = (row: Order) => {
  const { figures, ...rest } = audit.settles.orders!(row)
  return {
    ...rest,
    says: figures.map(({ family, of, amount }) => [family, of, amount].filter(part => part !== '').join(' ')),
  }
}
const paid = 'deducted EUR 2500'
const notRefunded = 'refunded EUR 0'
const refunded = 'refunded EUR 2500'
const noGoods = ['sold 0', 'kept 0']

const orders: [string, Order, string[]][] = [
  ['pending', order(), []],
  ['pending, its stock released', order({ stockReleasedAt: earlier }), []],
  ['confirmed, not settled', order({ status: 'CONFIRMED' }), [paid, notRefunded]],
  ['confirmed', order({ status: 'CONFIRMED', stockCommittedAt: earlier }), [paid, notRefunded, 'sold lamp 2']],
  ['refunding', order({ status: 'REFUNDING', stockCommittedAt: earlier }), [paid]],
  ['refunded', order({ status: 'REFUNDED', requestedRefundMinor: 2_500, stockReturnedAt: earlier }), [paid, refunded]],
  ['cancelled, and nobody has answered', order({ status: 'CANCELLED' }), []],
  ['cancelled, its stock released', order({ status: 'CANCELLED', stockReleasedAt: earlier }), noGoods],
  [
    'cancelled, nothing was deducted',
    order({ status: 'CANCELLED', cancellationRefundMinor: 0, stockReleasedAt: earlier }),
    ['deducted EUR 0', notRefunded, ...noGoods],
  ],
  [
    'cancelled, what was deducted is back',
    order({ status: 'CANCELLED', cancellationRefundMinor: 2_500 }),
    [paid, refunded],
  ],
  // The order's own total, not what balance said: so that a refund of something else is seen.
  ['cancelled, something else is back', order({ status: 'CANCELLED', cancellationRefundMinor: 7 }), [paid, refunded]],
]
test.each(orders)('%s: says what it is sure of', (_, row, expected) => {
  expect(says(row)).toEqual({
    ending: row.status,
    settledAt: row.settled ? row.updatedAt : null,
    says: expected,
  })
})

test('of each family that it speaks of it has something to say', () => {
  const said = orders.flatMap(([, row]) => audit.settles.orders!(row).figures.map(({ family }) => family))
  expect([...new Set(said)].toSorted()).toEqual([...audit.families].toSorted())
})
