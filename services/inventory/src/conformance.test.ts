import { conformance } from 'saga-kit/testing'
import { test } from 'vitest'
import {
  balanceRefunded,
  balanceRejected,
  holdExpired,
  orderCancelled,
  orderConfirmed,
  orderPlaced,
  stock,
} from './examples.ts'
import { inventory } from './participant.ts'

const checks = conformance(inventory, {
  given: { stock: [stock({ reserved: 0, sold: 0 })] },
  stories: {
    sold: [orderPlaced(), orderConfirmed()],
    'out of stock': [orderPlaced({ lines: [{ sku: 'lamp', quantity: 6, unitPriceMinor: 1 }] })],
    unpaid: [orderPlaced(), [balanceRejected(), orderCancelled('balance-rejected')]],
    'timed out': [orderPlaced(), orderCancelled()],
    'cancelled by the customer': [orderPlaced(), orderCancelled('customer'), holdExpired()],
    refunded: [orderPlaced(), [orderConfirmed(), balanceRefunded()]],
  },
  file: new URL('participant.ts', import.meta.url),
  // Of node:crypto it takes a digest, which is as pure as a sum.
  pure: ['shop-schemas', 'node:crypto'],
  versions: new URL('../../../schemas/versions/', import.meta.url),
})

test.each(checks)('%s', (_, check) => check())
