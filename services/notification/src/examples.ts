/** Rows and messages for tests: complete, and named by what a test changes in them. */
import { NotificationSent, OrderCancelled, OrderConfirmed, OrderRefunded } from 'shop-schemas'
import type { Mailer } from './mailer.ts'
import type { Contact } from './states.ts'

export const orderId = '01994d52-7d10-7000-8000-000000000001'
const customerId = 'ada'
const currency = 'EUR'

export const contact = (changes: Partial<Contact> = {}): Contact => ({
  ...{ customerId, email: 'ada@example.org' },
  ...changes,
})
export const orderConfirmed = () => OrderConfirmed({ orderId, customerId, currency, totalMinor: 2_500 })
export const orderCancelled = (reason: OrderCancelled['reason'] = 'customer') =>
  OrderCancelled({ orderId, customerId, reason })
export const orderRefunded = () => OrderRefunded({ orderId, customerId, currency, amountMinor: 2_500 })
export const notificationSent = (template: string, channel = 'mail') => NotificationSent({ orderId, channel, template })

/** The tests of what is decided stand in for the mail server. */
export const neverCalled: Mailer = { send: () => Promise.reject(new Error('no mail is sent here')) }
