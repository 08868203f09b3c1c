import { expect } from 'vitest'
import type { RunningShop } from './running-shop.ts'
import { codeOf, lockSaga, reservationOf, settled, stage, unique } from './stage.ts'
import { until } from './until.ts'

/** One way in which orders end. Each has customers and skus of its own, so that its figures are nobody else's. */
export interface Ending {
  readonly name: string
  /** True when it stops a service for a moment: then nothing else may do the same. */
  readonly alone?: boolean
  /** Places its orders, waits for their end, asserts the figures; gives the events that each must have brought, by name. */
  readonly run: (shop: RunningShop) => Promise<Readonly<Record<string, readonly string[]>>>
}

const confirmed = ['OrderPlaced', 'StockReserved', 'BalanceDeducted', 'OrderConfirmed', 'StockCommitted']
const refunded = [...confirmed, 'RefundRequested', 'BalanceRefunded', 'StockReturned', 'OrderRefunded']
const sent = 'NotificationSent'
const unpaid = [
  'OrderPlaced',
  'StockReserved',
  'BalanceRejected',
  'OrderCancelled',
  'StockReleased',
  'BalanceRefunded',
  sent,
]

export const endings: readonly Ending[] = [
  {
    name: 'confirmed and settled',
    async run(shop) {
      const { customer, sku, order, expectStock, expectMoney, expectMails } = await stage(shop)
      const orderId = await order([{ sku, quantity: 3 }])
      expect(await settled(shop, orderId)).toMatchObject({ status: 'CONFIRMED', reason: null, totalMinor: 750 })
      await expectStock({ onHand: 7, reserved: 0, sold: 3 })
      await expectMoney({ balanceMinor: 9_250, deductedMinor: 750, refundedMinor: 0 })
      await expectMails(orderId, 'confirmed')
      await expect(shop.client.cancel(orderId)).rejects.toMatchObject({ status: 409, code: 'not-pending' })
      expect((await shop.client.account(customer)).depositedMinor).toBe(10_000)
      return { [orderId]: [...confirmed, sent] }
    },
  },
  {
    name: 'out of stock',
    async run(shop) {
      const { sku, order, expectStock, expectMoney, expectMails } = await stage(shop)
      const orderId = await order([{ sku, quantity: 11 }])
      expect(await settled(shop, orderId)).toMatchObject({ status: 'CANCELLED', reason: 'stock-rejected' })
      await expectStock({ onHand: 10, reserved: 0, sold: 0 })
      await expectMoney({ balanceMinor: 10_000, deductedMinor: 0, refundedMinor: 0 })
      await expectMails(orderId, 'cancelled')
      await expect(shop.client.refund(orderId)).rejects.toMatchObject({ status: 409, code: 'not-confirmed' })
      return { [orderId]: ['OrderPlaced', 'StockRejected', 'OrderCancelled', 'StockReleased', 'BalanceRefunded', sent] }
    },
  },
  {
    name: 'a sku that inventory has never seen',
    async run(shop) {
      const { sku, order, expectStock } = await stage(shop)
      const unknown = unique('priced-only')
      await shop.client.setPrice(unknown, 250)
      const orderId = await order([
        { sku, quantity: 1 },
        { sku: unknown, quantity: 1 },
      ])
      expect(await settled(shop, orderId)).toMatchObject({ status: 'CANCELLED', reason: 'stock-rejected' })
      await expectStock({ onHand: 10, reserved: 0, sold: 0 })
      await expect(shop.client.stock(unknown)).rejects.toMatchObject({ status: 404 })
      return { [orderId]: ['OrderPlaced', 'StockRejected', 'OrderCancelled', 'StockReleased', 'BalanceRefunded', sent] }
    },
  },
  {
    name: 'short of money',
    async run(shop) {
      const { sku, order, expectStock, expectMoney } = await stage(shop, { depositMinor: 749 })
      const orderId = await order([{ sku, quantity: 3 }])
      expect(await settled(shop, orderId)).toMatchObject({ status: 'CANCELLED', reason: 'balance-rejected' })
      await expectStock({ onHand: 10, reserved: 0, sold: 0 })
      await expectMoney({ balanceMinor: 749, deductedMinor: 0, refundedMinor: 0 })
      return { [orderId]: unpaid }
    },
  },
  {
    name: 'no account',
    async run(shop) {
      const { customer, sku, order, expectStock } = await stage(shop, { depositMinor: 0 })
      const orderId = await order([{ sku, quantity: 1 }])
      expect(await settled(shop, orderId)).toMatchObject({ status: 'CANCELLED', reason: 'balance-rejected' })
      await expectStock({ onHand: 10, reserved: 0, sold: 0 })
      await expect(shop.client.account(customer)).rejects.toMatchObject({ status: 404 })
      expect(await codeOf(shop, 'balance', orderId, 'deduct_balance')).toBe('unknown-account')
      return { [orderId]: unpaid }
    },
  },
  {
    name: 'an account in another currency',
    async run(shop) {
      const { sku, order, expectStock, expectMoney } = await stage(shop, { currency: 'USD' })
      const orderId = await order([{ sku, quantity: 1 }])
      expect(await settled(shop, orderId)).toMatchObject({ status: 'CANCELLED', reason: 'balance-rejected' })
      await expectStock({ onHand: 10, reserved: 0, sold: 0 })
      await expectMoney({ balanceMinor: 10_000, deductedMinor: 0, refundedMinor: 0 })
      expect(await codeOf(shop, 'balance', orderId, 'deduct_balance')).toBe('currency-mismatch')
      return { [orderId]: unpaid }
    },
  },
  {
    name: 'a price in another currency, which is no order at all',
    async run(shop) {
      const { customer, sku } = await stage(shop)
      const lines = [{ sku, quantity: 1 }]
      const usd = shop.client.placeOrder({ customerId: customer, currency: 'USD', lines })
      await expect(usd).rejects.toMatchObject({ status: 422, code: 'no-price' })
      const nothing = shop.client.placeOrder({ customerId: customer, lines: [{ sku: unique('no-sku'), quantity: 1 }] })
      await expect(nothing).rejects.toMatchObject({ status: 422, code: 'no-price' })
      return {}
    },
  },
  {
    name: 'cancelled by the customer before it is paid: held, then released',
    alone: true,
    async run(shop) {
      const { sku, order, expectStock, expectMoney, expectMails } = await stage(shop)
      shop.services.balance.pause()
      const orderId = await order([{ sku, quantity: 4 }])
      await until('inventory reserves', async () => (await shop.client.stock(sku)).reserved === 4)
      expect(await shop.client.cancel(orderId)).toEqual({ orderId, status: 'CANCELLED' })
      expect(await shop.client.cancel(orderId)).toEqual({ orderId, status: 'CANCELLED' })
      await until('inventory holds the stock', async () => (await reservationOf(shop, orderId)) === 'held')
      await expectStock({ onHand: 6, reserved: 4, sold: 0 })
      shop.services.balance.resume()
      expect((await shop.client.order(orderId)).settled).toBe(false)
      expect(await settled(shop, orderId)).toMatchObject({ status: 'CANCELLED', reason: 'customer' })
      expect(await reservationOf(shop, orderId)).toBe('released')
      await expectStock({ onHand: 10, reserved: 0, sold: 0 })
      const { balanceMinor, deductedMinor, refundedMinor } = await expectMoney({ balanceMinor: 10_000 })
      expect(refundedMinor, `of ${deductedMinor} deducted, ${balanceMinor} left`).toBe(deductedMinor)
      await expectMails(orderId, 'cancelled')
      return { [orderId]: ['OrderPlaced', 'StockReserved', 'OrderCancelled', 'StockReleased', 'BalanceRefunded', sent] }
    },
  },
  {
    name: 'cancelled by the customer between paying and hearing of it: the money comes back',
    alone: true,
    async run(shop) {
      const { customer, sku, order, expectStock, expectMoney } = await stage(shop)
      shop.services.balance.pause()
      const orderId = await order([{ sku, quantity: 4 }])
      // The order's saga row is what every message of the saga queues for (rule 1), in the order in which they ask.
      const lock = await lockSaga(shop, 'order', orderId)
      const cancelled = shop.client.cancel(orderId)
      await lock.waitedFor()
      shop.services.balance.resume()
      await until('balance deducts', async () => (await shop.client.account(customer)).deductedMinor === 1_000)
      await lock.release()
      expect(await cancelled).toEqual({ orderId, status: 'CANCELLED' })
      expect(await settled(shop, orderId)).toMatchObject({ status: 'CANCELLED', reason: 'customer' })
      expect(await codeOf(shop, 'order', orderId, 'confirm_order')).toBe('order-cancelled')
      await expectStock({ onHand: 10, reserved: 0, sold: 0 })
      await expectMoney({ balanceMinor: 10_000, deductedMinor: 1_000, refundedMinor: 1_000 })
      return {
        [orderId]: [
          ...['OrderPlaced', 'StockReserved', 'BalanceDeducted', 'OrderCancelled'],
          ...['StockReleased', 'BalanceRefunded', sent],
        ],
      }
    },
  },
  {
    name: 'taken over by the same basket',
    alone: true,
    async run(shop) {
      const { sku, order, expectStock, expectMoney } = await stage(shop, { pieces: 4 })
      shop.services.balance.pause()
      const dropped = await order([{ sku, quantity: 4 }])
      await until('inventory reserves', async () => (await shop.client.stock(sku)).reserved === 4)
      await shop.client.cancel(dropped)
      await until('inventory holds the stock', async () => (await reservationOf(shop, dropped)) === 'held')
      shop.services.balance.resume()
      const orderId = await order([{ sku, quantity: 4 }])
      expect(await settled(shop, orderId)).toMatchObject({ status: 'CONFIRMED' })
      await expectStock({ onHand: 0, reserved: 0, sold: 4 })
      expect(await settled(shop, dropped)).toMatchObject({ status: 'CANCELLED', reason: 'customer' })
      expect(await reservationOf(shop, dropped)).toBe('taken-over')
      await expectStock({ onHand: 0, reserved: 0, sold: 4 })
      await expectMoney({ balanceMinor: 9_000 })
      return {
        [orderId]: [...confirmed, sent],
        [dropped]: ['OrderPlaced', 'StockReserved', 'OrderCancelled', 'StockReleased', 'BalanceRefunded', sent],
      }
    },
  },
  {
    name: 'refunded after it is settled',
    async run(shop) {
      const { sku, order, expectStock, expectMoney, expectMails } = await stage(shop)
      const orderId = await order([{ sku, quantity: 2 }])
      expect(await settled(shop, orderId)).toMatchObject({ status: 'CONFIRMED' })
      expect(await shop.client.refund(orderId)).toEqual({ orderId, status: 'REFUNDING' })
      expect(await settled(shop, orderId)).toMatchObject({ status: 'REFUNDED', reason: 'requested by the customer' })
      expect(await shop.client.refund(orderId)).toEqual({ orderId, status: 'REFUNDED' })
      await expectStock({ onHand: 10, reserved: 0, sold: 0 })
      await expectMoney({ balanceMinor: 10_000, deductedMinor: 500, refundedMinor: 500 })
      await expectMails(orderId, 'confirmed', 'refunded')
      return { [orderId]: [...refunded, sent, sent] }
    },
  },
  {
    name: 'refunded before inventory has sold the stock',
    alone: true,
    async run(shop) {
      const { sku, order, expectStock, expectMoney } = await stage(shop)
      shop.services.balance.pause()
      const orderId = await order([{ sku, quantity: 2 }])
      await until('inventory reserves', async () => (await shop.client.stock(sku)).reserved === 2)
      shop.services.inventory.pause()
      shop.services.balance.resume()
      await until('it is confirmed', async () => (await shop.client.order(orderId)).status === 'CONFIRMED')
      await shop.client.refund(orderId)
      await expectMoney({ balanceMinor: 10_000, deductedMinor: 500, refundedMinor: 500 })
      shop.services.inventory.resume()
      expect(await settled(shop, orderId)).toMatchObject({ status: 'REFUNDED' })
      await expectStock({ onHand: 10, reserved: 0, sold: 0 })
      // Whichever of OrderConfirmed and BalanceRefunded inventory reads first: StockCommitted is told or not.
      const sold = (await codeOf(shop, 'inventory', orderId, 'commit_stock')) === null
      return { [orderId]: [...refunded.filter(type => sold || type !== 'StockCommitted'), sent, sent] }
    },
  },
  {
    name: 'a customer without a contact',
    async run(shop) {
      const { sku, order } = await stage(shop, { contact: false })
      const orderId = await order([{ sku, quantity: 1 }])
      expect(await settled(shop, orderId)).toMatchObject({ status: 'CONFIRMED' })
      const code = await until('notification ends', () => codeOf(shop, 'notification', orderId, 'notify_confirmed'))
      expect(code).toBe('no-contact')
      expect(await shop.client.notifications(orderId)).toEqual([])
      return { [orderId]: confirmed }
    },
  },
]
