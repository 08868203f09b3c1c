import { asked, conformance, fired } from 'saga-kit/testing'
import { test } from 'vitest'
import { CancelOrder, OrderTimedOut, PlaceOrder, RequestRefund } from './commands.ts'
import {
  balanceDeducted,
  balanceRefunded,
  balanceRejected,
  orderId,
  price,
  stockCommitted,
  stockRejected,
  stockReleased,
  stockReturned,
} from './examples.ts'
import { order } from './participant.ts'

const place = asked(PlaceOrder, {
  ...{ orderId, customerId: 'ada', currency: 'EUR' },
  lines: [{ sku: 'lamp', quantity: 2 }],
})
const cancel = asked(CancelOrder, { orderId })
const refund = asked(RequestRefund, { orderId, reason: 'broken' })
const timeout = fired(OrderTimedOut, orderId, {})

const checks = conformance(order, {
  given: { prices: [price()] },
  stories: {
    confirmed: [place, balanceDeducted(), stockCommitted()],
    'out of stock': [place, [stockRejected(), cancel, timeout]],
    'short of money': [place, [balanceRejected(), stockReleased(), balanceRefunded('order-cancelled', 0)]],
    'cancelled or confirmed': [place, [cancel, balanceDeducted(), timeout]],
    cancelled: [place, cancel, [stockReleased(), balanceRefunded('order-cancelled')]],
    refunded: [
      ...[place, balanceDeducted(), refund],
      [balanceRefunded('refund-requested'), stockReturned(), stockCommitted()],
    ],
  },
  file: new URL('participant.ts', import.meta.url),
  pure: ['shop-schemas', 'zod'],
  versions: new URL('../../../schemas/versions/', import.meta.url),
})

test.each(checks)('%s', (_, check) => check())
