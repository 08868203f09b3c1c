import { conformance } from 'saga-kit/testing'
import { OrderConfirmed, OrderRefunded } from 'shop-schemas'
import { test } from 'vitest'
import { loyalty } from './participant.ts'

const order = { orderId: '01994d52-7d10-7000-8000-000000000001', customerId: 'ada', currency: 'EUR' }
const confirmed = OrderConfirmed({ ...order, totalMinor: 2_550 })
const refunded = OrderRefunded({ ...order, amountMinor: 2_550 })

const checks = conformance(loyalty, {
  stories: {
    earned: [confirmed],
    'earned and lost': [[confirmed, refunded]],
  },
  file: new URL('participant.ts', import.meta.url),
  pure: ['shop-schemas'],
})

test.each(checks)('%s', (_, check) => check())
