import {
  accepted,
  asked,
  cancels,
  type Expected,
  type ExpectedOut,
  fails,
  fired,
  refused,
  succeeded,
  testing,
} from 'saga-kit/testing'
import { describe, expect, test } from 'vitest'
import { CancelOrder, OrderTimedOut, RequestRefund } from './commands.ts'
import {
  balanceDeducted,
  balanceRefunded,
  balanceRejected,
  order,
  orderCancelled,
  orderConfirmed,
  orderId,
  orderRefunded,
  refundRequested,
  stockCommitted,
  stockRejected,
  stockReleased,
  stockReturned,
} from './examples.ts'
import { type Facts, type Order, type OrderStatus, settledAs } from './order.ts'
import { order as participant } from './participant.ts'
import { type Happening, transitions } from './transitions.ts'

/** One line per cell of status x happening; what happens to the order, and what it answers. */
const cells: Cell[] = [
  // status      happening                            outcome                                   the order afterwards
  ['PENDING', 'CancelOrder', yes('CANCELLED', orderCancelled('customer'), cancels(OrderTimedOut)), because('customer')],
  ['PENDING', 'RequestRefund', refused('not-confirmed', 409)],
  ['PENDING', 'OrderTimedOut', cancelled('timed-out'), because('timed-out')],
  ['PENDING', 'StockRejected', cancelled('stock-rejected'), because('stock-rejected')],
  ['PENDING', 'BalanceRejected', cancelled('balance-rejected'), because('balance-rejected')],
  ['PENDING', 'BalanceDeducted', succeeded(orderConfirmed(), cancels(OrderTimedOut)), { status: 'CONFIRMED' }],
  ['PENDING', 'StockCommitted', succeeded(), 'committed'],
  ['PENDING', 'StockReleased', succeeded(), 'released'],
  ['PENDING', 'StockReturned', succeeded(), 'returned'],
  ['PENDING', 'BalanceRefunded order-cancelled', succeeded(), { cancellationRefundMinor: 2_500 }],
  ['PENDING', 'BalanceRefunded refund-requested', succeeded(), { requestedRefundMinor: 2_500 }],

  ['CONFIRMED', 'CancelOrder', refused('not-pending', 409)],
  ['CONFIRMED', 'RequestRefund', yes('REFUNDING', refundRequested()), { status: 'REFUNDING', reason: 'broken' }],
  ['CONFIRMED', 'OrderTimedOut', refused('order-confirmed')],
  ['CONFIRMED', 'StockRejected', refused('order-confirmed')],
  ['CONFIRMED', 'BalanceRejected', refused('order-confirmed')],
  ['CONFIRMED', 'BalanceDeducted', refused('order-confirmed')],
  ['CONFIRMED', 'StockCommitted', succeeded(), 'committed'],
  ['CONFIRMED', 'StockReleased', succeeded(), 'released'],
  ['CONFIRMED', 'StockReturned', succeeded(), 'returned'],
  ['CONFIRMED', 'BalanceRefunded order-cancelled', succeeded(), { cancellationRefundMinor: 2_500 }],
  ['CONFIRMED', 'BalanceRefunded refund-requested', succeeded(), { requestedRefundMinor: 2_500 }],

  ['CANCELLED', 'CancelOrder', refused('not-pending', 409)],
  ['CANCELLED', 'RequestRefund', refused('not-confirmed', 409)],
  ['CANCELLED', 'OrderTimedOut', refused('order-cancelled')],
  ['CANCELLED', 'StockRejected', refused('order-cancelled')],
  ['CANCELLED', 'BalanceRejected', refused('order-cancelled')],
  ['CANCELLED', 'BalanceDeducted', refused('order-cancelled')],
  ['CANCELLED', 'StockCommitted', succeeded(), 'committed'],
  ['CANCELLED', 'StockReleased', succeeded(), 'released'],
  ['CANCELLED', 'StockReturned', succeeded(), 'returned'],
  ['CANCELLED', 'BalanceRefunded order-cancelled', succeeded(), { cancellationRefundMinor: 2_500 }],
  ['CANCELLED', 'BalanceRefunded refund-requested', succeeded(), { requestedRefundMinor: 2_500 }],

  ['REFUNDING', 'CancelOrder', refused('not-pending', 409)],
  ['REFUNDING', 'RequestRefund', yes('REFUNDING')],
  ['REFUNDING', 'OrderTimedOut', refused('order-refunding')],
  ['REFUNDING', 'StockRejected', refused('order-refunding')],
  ['REFUNDING', 'BalanceRejected', refused('order-refunding')],
  ['REFUNDING', 'BalanceDeducted', refused('order-refunding')],
  ['REFUNDING', 'StockCommitted', succeeded(), 'committed'],
  ['REFUNDING', 'StockReleased', succeeded(), 'released'],
  ['REFUNDING', 'StockReturned', succeeded(), 'returned'],
  ['REFUNDING', 'BalanceRefunded order-cancelled', succeeded(), { cancellationRefundMinor: 2_500 }],
  ['REFUNDING', 'BalanceRefunded refund-requested', succeeded(), { requestedRefundMinor: 2_500 }],

  ['REFUNDED', 'CancelOrder', refused('not-pending', 409)],
  ['REFUNDED', 'RequestRefund', yes('REFUNDED')],
  ['REFUNDED', 'OrderTimedOut', refused('order-refunded')],
  ['REFUNDED', 'StockRejected', refused('order-refunded')],
  ['REFUNDED', 'BalanceRejected', refused('order-refunded')],
  ['REFUNDED', 'BalanceDeducted', refused('order-refunded')],
  ['REFUNDED', 'StockCommitted', succeeded(), 'committed'],
  ['REFUNDED', 'StockReleased', succeeded(), 'released'],
  ['REFUNDED', 'StockReturned', refused('already-recorded')],
  ['REFUNDED', 'BalanceRefunded order-cancelled', succeeded(), { cancellationRefundMinor: 2_500 }],
  ['REFUNDED', 'BalanceRefunded refund-requested', refused('already-recorded')],
]

type Case = Exclude<Happening, 'BalanceRefunded'> | `BalanceRefunded ${'order-cancelled' | 'refund-requested'}`
type Change = Partial<Facts & Pick<Order, 'status' | 'reason'>>
type Cell = [OrderStatus, Case, Expected, after?: Change | keyof typeof stockFacts]

const { given, now } = testing(participant)
const stockFacts = {
  committed: { stockCommittedAt: now },
  released: { stockReleasedAt: now },
  returned: { stockReturnedAt: now },
}
const messages = {
  CancelOrder: asked(CancelOrder, { orderId }),
  RequestRefund: asked(RequestRefund, { orderId, reason: 'broken' }),
  OrderTimedOut: fired(OrderTimedOut, orderId, {}),
  StockRejected: stockRejected(),
  BalanceRejected: balanceRejected(),
  BalanceDeducted: balanceDeducted(),
  StockCommitted: stockCommitted(),
  StockReleased: stockReleased(),
  StockReturned: stockReturned(),
  'BalanceRefunded order-cancelled': balanceRefunded('order-cancelled'),
  'BalanceRefunded refund-requested': balanceRefunded('refund-requested'),
} satisfies Record<Case, unknown>
/** A refund is complete only with its facts; every other order stands without any. */
const inStatus = (status: OrderStatus) =>
  order(status === 'REFUNDED' ? { status, requestedRefundMinor: 2_500, stockReturnedAt: now } : { status })

function yes(status: OrderStatus, ...out: ExpectedOut[]): Expected {
  return accepted({ orderId, status }, ...out)
}
function cancelled(reason: Parameters<typeof orderCancelled>[0]): Expected {
  return succeeded(orderCancelled(reason), cancels(OrderTimedOut))
}
function because(reason: string): Change {
  return { status: 'CANCELLED', reason }
}

describe('every status with everything that can happen', () => {
  test.each(cells)('%s, %s', (status, happening, expected, change) => {
    const before = inStatus(status)
    const changes = typeof change === 'string' ? stockFacts[change] : change
    const after = changes ? order({ ...before, ...changes, updatedAt: now }) : before
    given({ orders: [before] })
      .when(messages[happening])
      .then(expected, { orders: [after] })
  })

  test('the list has each cell once', () => {
    const listed = cells.map(([status, happening]) => `${status}, ${happening}`)
    const all = Object.keys(transitions).flatMap(status => Object.keys(messages).map(m => `${status}, ${m}`))
    expect(listed.toSorted()).toEqual(all.toSorted())
  })

  test('the table knows each message that the participant gets about an order', () => {
    const reactions = participant.reactions.filter(r => !['PlaceOrder', 'SetPrice'].includes(r.trigger.type))
    for (const row of Object.values(transitions))
      expect(Object.keys(row).toSorted()).toEqual(reactions.map(r => r.trigger.type).toSorted())
  })

  test('each order that is settled has the facts, and each that has the facts is settled', () => {
    for (const status of Object.keys(transitions) as OrderStatus[])
      expect(inStatus(status).settled).toBe(settledAs[status](inStatus(status)))
  })
})

describe('an order that was never placed here', () => {
  test.each(Object.entries(messages))('%s', (happening, message) =>
    given()
      .when(message)
      .then(
        ['CancelOrder', 'RequestRefund'].includes(happening)
          ? refused('unknown-order', 404, `there is no order ${orderId}`)
          : fails('unknown-order', `an event speaks of order ${orderId}, which was never placed here`),
      ),
  )
})

test.each<[happening: 'CancelOrder' | 'RequestRefund', OrderStatus, code: string, says: string]>([
  ['CancelOrder', 'CONFIRMED', 'not-pending', 'is CONFIRMED'],
  ['CancelOrder', 'CANCELLED', 'not-pending', 'is CANCELLED (timed-out)'],
  ['RequestRefund', 'PENDING', 'not-confirmed', 'is PENDING'],
])('a customer whose %s comes when the order is %s is told so', (happening, status, code, says) =>
  given({ orders: [order({ status })] })
    .when(messages[happening])
    .then(refused(code, 409, `order ${orderId} ${says}`)),
)

test.each([
  { fact: 'stockCommittedAt', message: stockCommitted() },
  { fact: 'stockReleasedAt', message: stockReleased() },
])('of what is told twice the first stands: $fact', ({ fact, message }) =>
  given({ orders: [order({ [fact]: order().createdAt })] })
    .when(message)
    .then(refused('already-recorded')),
)

test('a customer who cancels again gets the same yes', () =>
  given({ orders: [order({ status: 'CANCELLED', reason: 'customer' })] })
    .when(messages.CancelOrder)
    .then(yes('CANCELLED')))

test('the later of both answers completes a refund, with the amount that balance gave back', () => {
  const refunding = order({ status: 'REFUNDING' })
  const earlierFact = { stockReturnedAt: order().createdAt }
  given({ orders: [order({ ...refunding, ...earlierFact })] })
    .when(balanceRefunded('refund-requested', 2_499))
    .then(succeeded(orderRefunded(2_499)), {
      orders: [
        order({ ...refunding, ...earlierFact, status: 'REFUNDED', requestedRefundMinor: 2_499, updatedAt: now }),
      ],
    })
  given({ orders: [order({ ...refunding, requestedRefundMinor: 2_499 })] })
    .when(stockReturned())
    .then(succeeded(orderRefunded(2_499)), {
      orders: [
        order({
          ...refunding,
          ...{ status: 'REFUNDED', requestedRefundMinor: 2_499, stockReturnedAt: now, updatedAt: now },
        }),
      ],
    })
})

test('money that came back for a cancellation completes no refund', () =>
  given({ orders: [order({ status: 'REFUNDING', stockReturnedAt: now })] })
    .when(balanceRefunded('order-cancelled'))
    .then(succeeded(), {
      orders: [order({ status: 'REFUNDING', stockReturnedAt: now, cancellationRefundMinor: 2_500, updatedAt: now })],
    }))
