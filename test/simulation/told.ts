import type { Rest, Wish } from 'saga-kit/simulation'
import { Deposit } from '../../services/balance/src/deposit.ts'
import { ReceiveStock } from '../../services/inventory/src/commands.ts'
import { CancelOrder, PlaceOrder, RequestRefund } from '../../services/order/src/commands.ts'
import type { Order } from '../../services/order/src/order.ts'
import { differences } from '../told/differences.ts'
import { promisesOf } from '../told/promises.ts'
import type { Basket, Told } from '../told/told.ts'

/** What somebody was told, and is not so. `before`: what was granted before anybody came. */
export function brokenPromises(before: readonly Wish[], rest: Rest, priceMinor: number): string[] {
  const accepted = rest.told.flatMap(({ wish, answer }) => (answer.status === 'accepted' ? [wish] : []))
  const told = toldOf([...before, ...accepted])
  const promises = promisesOf(told, priceMinor)
  for (const order of rest.rows('order', 'orders') as unknown as Order[]) promises.compare(order)
  const sums = (service: string, table: string, name: string, sum: string) =>
    new Map(rest.rows(service, table).map(row => [String(row[name]), Number(row[sum])]))
  const { lost, ignored, nobodys } = promises.broken()
  const deposits = differences(told.deposits, sums('balance', 'accounts', 'customerId', 'depositedMinor'))
  const receipts = differences(told.receipts, sums('inventory', 'stock', 'sku', 'received'))
  const cameIn = [deposits, receipts].flatMap(({ missing, tooMany }) => [...missing, ...tooMany])
  return [...lost, ...ignored, ...nobodys, ...cameIn.map(text => `came in for ${text}`)]
}

function toldOf(granted: readonly Wish[]): Told {
  const bodies = <B>(wanted: Wish['command']) =>
    granted.filter(({ command }) => command === wanted).map(({ body }) => body as B)
  const orderIds = (wanted: Wish['command']) =>
    new Set(bodies<{ orderId: string }>(wanted).map(({ orderId }) => orderId))
  return {
    orders: new Map(bodies<Basket & { orderId: string }>(PlaceOrder).map(body => [body.orderId, body])),
    cancelled: orderIds(CancelOrder),
    refunded: orderIds(RequestRefund),
    deposits: sumsOf(
      bodies<{ customerId: string; amountMinor: number }>(Deposit).map(b => [b.customerId, b.amountMinor]),
    ),
    receipts: sumsOf(bodies<{ sku: string; quantity: number }>(ReceiveStock).map(b => [b.sku, b.quantity])),
  }
}

function sumsOf(parts: readonly (readonly [name: string, amount: number])[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const [name, amount] of parts) sums.set(name, (sums.get(name) ?? 0) + amount)
  return sums
}
