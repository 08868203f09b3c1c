import type { Message } from 'saga-kit'
import { asked } from 'saga-kit/testing'
import { describe, expect, test } from 'vitest'
import { CancelOrder, OrderTimedOut, RequestRefund } from './commands.ts'
import {
  balanceDeducted,
  balanceRefunded,
  balanceRejected,
  earlier,
  order,
  orderId,
  stockCommitted,
  stockRejected,
  stockReleased,
  stockReturned,
} from './examples.ts'
import type { Order } from './order.ts'
import { order as participant } from './participant.ts'

const cancel = asked(CancelOrder, { orderId })
const refund = asked(RequestRefund, { orderId, reason: 'broken' })
const timeout = { type: OrderTimedOut.type, kind: 'timer', sagaId: orderId } as const

/** Lets the messages happen one after another, in one order's life. */
function lifeOf(...messages: Message[]): Order[] {
  let row: Order = order()
  return messages.map(message => {
    const reaction = participant.reactions.find(r => r.trigger.type === message.type)!
    if (reaction.handler.form !== 'action') throw new Error(`${message.type} is handled by no action`)
    const orders = { get: () => row, put: (put: Order) => (row = put), delete: () => {} }
    reaction.handler.run(message, { orders }, { now: earlier, sagaId: orderId, settings: { orderTimeoutMs: 1 } })
    return row
  })
}
function everyOrderOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, i) => everyOrderOf(items.toSpliced(i, 1)).map(rest => [item, ...rest]))
}

interface Story {
  readonly told: string
  readonly first: Message[]
  /** In whatever order the topics bring them. */
  readonly anyOrder: Message[]
  /** The order is settled from the moment in which all of these have happened. */
  readonly settledBy: string[]
  readonly end: Partial<Order>
}
const stories: Story[] = [
  {
    told: 'confirmed',
    first: [],
    anyOrder: [balanceDeducted(), stockCommitted()],
    settledBy: ['BalanceDeducted', 'StockCommitted'],
    end: { status: 'CONFIRMED' },
  },
  {
    told: 'out of stock',
    first: [],
    anyOrder: [stockRejected(), stockReleased(), balanceRefunded('order-cancelled', 0)],
    settledBy: ['StockRejected', 'StockReleased', 'BalanceRefunded'],
    end: { status: 'CANCELLED', reason: 'stock-rejected', cancellationRefundMinor: 0 },
  },
  {
    told: 'short of money',
    first: [],
    anyOrder: [balanceRejected(), stockReleased(), balanceRefunded('order-cancelled', 0)],
    settledBy: ['BalanceRejected', 'StockReleased', 'BalanceRefunded'],
    end: { status: 'CANCELLED', reason: 'balance-rejected', cancellationRefundMinor: 0 },
  },
  {
    told: 'cancelled by the customer while the money was being deducted',
    first: [cancel],
    anyOrder: [balanceDeducted(), stockReleased(), balanceRefunded('order-cancelled')],
    settledBy: ['StockReleased', 'BalanceRefunded'],
    end: { status: 'CANCELLED', reason: 'customer', cancellationRefundMinor: 2_500 },
  },
  {
    told: 'timed out, and then rejected',
    first: [timeout],
    anyOrder: [balanceRejected(), stockReleased(), balanceRefunded('order-cancelled', 0)],
    settledBy: ['StockReleased', 'BalanceRefunded'],
    end: { status: 'CANCELLED', reason: 'timed-out', cancellationRefundMinor: 0 },
  },
  {
    told: 'refunded before the stock was committed',
    first: [balanceDeducted(), refund],
    anyOrder: [balanceRefunded('refund-requested'), stockReturned()],
    settledBy: ['StockReturned', 'BalanceRefunded'],
    end: { status: 'REFUNDED', requestedRefundMinor: 2_500, stockCommittedAt: null },
  },
  {
    told: 'refunded while the stock was being committed',
    first: [balanceDeducted(), refund],
    anyOrder: [stockCommitted(), balanceRefunded('refund-requested'), stockReturned()],
    settledBy: ['StockReturned', 'BalanceRefunded'],
    end: { status: 'REFUNDED', requestedRefundMinor: 2_500, stockCommittedAt: earlier },
  },
]

describe.each(stories)('$told', ({ first, anyOrder, settledBy, end }) => {
  test.each(everyOrderOf(anyOrder).map(messages => ({ via: messages.map(m => m.type).join(', '), messages })))(
    'via $via',
    ({ messages }) => {
      const all = [...first, ...messages]
      const happened = (until: number) => all.slice(0, until + 1).map(m => m.type as string)
      const life = lifeOf(...all)
      expect(life.at(-1)).toMatchObject({ ...end, settled: true })
      expect(life.map(row => row.settled)).toEqual(all.map((_, i) => settledBy.every(m => happened(i).includes(m))))
    },
  )
})

test('however an order ends, it is told by an event that ends its being under way', () => {
  const placing = participant.reactions.find(({ trigger }) => trigger.type === 'PlaceOrder')!
  const ends = placing.answeredBy.map(({ type }) => type)
  for (const { first, anyOrder } of stories) {
    const types = [...first, ...anyOrder].map(({ type }) => type)
    expect(types.some(type => ends.includes(type))).toBe(true)
  }
})

test('asking for a refund unsettles a settled order', () => {
  const life = lifeOf(balanceDeducted(), stockCommitted(), refund, stockReturned(), balanceRefunded('refund-requested'))
  expect(life.map(row => [row.status, row.settled])).toEqual([
    ['CONFIRMED', false],
    ['CONFIRMED', true],
    ['REFUNDING', false],
    ['REFUNDING', false],
    ['REFUNDED', true],
  ])
})

test('facts of different services never erase one another', () => {
  const facts = [stockCommitted(), stockReleased(), stockReturned(), balanceRefunded('order-cancelled', 1)]
  for (const messages of everyOrderOf([...facts, balanceRefunded('refund-requested', 2)]))
    expect(lifeOf(...messages).at(-1)).toMatchObject({
      ...{ stockCommittedAt: earlier, stockReleasedAt: earlier, stockReturnedAt: earlier },
      ...{ cancellationRefundMinor: 1, requestedRefundMinor: 2, status: 'PENDING', settled: false },
    })
})
