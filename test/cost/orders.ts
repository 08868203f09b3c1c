/** Plain orders, from their placing to their settled end, in batches that depend on nothing. */
import { randomUUIDv7 } from 'node:crypto'
import { Deposit } from '../../services/balance/src/deposit.ts'
import { ReceiveStock } from '../../services/inventory/src/commands.ts'
import { SetContact } from '../../services/notification/src/set-contact.ts'
import { PlaceOrder, SetPrice } from '../../services/order/src/commands.ts'
import type { ServiceEngine, ServiceName } from './engines.ts'

export type Engines = Readonly<Record<ServiceName, ServiceEngine>>

/** So many skus and customers, that orders of one batch share some of them. */
const goods = 100
const nth = (what: string, n: number) => `${what}-${n % goods}`

export async function stockUp({ order, inventory, balance, notification }: Engines): Promise<void> {
  const all = Array.from({ length: goods }, (_, n) => [
    order.command(SetPrice, { sku: nth('sku', n), currency: 'EUR', unitPriceMinor: 100 }),
    inventory.command(ReceiveStock, { sku: nth('sku', n), quantity: 1_000_000_000 }),
    balance.command(Deposit, { customerId: nth('customer', n), currency: 'EUR', amountMinor: 1_000_000_000_000 }),
    notification.command(SetContact, { customerId: nth('customer', n), email: 'somebody@example.org' }),
  ])
  await Promise.all(all.flat())
}

/** Places so many orders at once and carries all messages to and fro until nobody has anything to say. */
export async function run(engines: Engines, orders: number): Promise<void> {
  const { order, notification } = engines
  const placed = Array.from({ length: orders }, (_, n) =>
    order.command(PlaceOrder, {
      ...{ orderId: randomUUIDv7(), customerId: nth('customer', n), currency: 'EUR' },
      lines: [{ sku: nth('sku', n), quantity: 1 }],
    }),
  )
  await Promise.all(placed)
  for (let isMore = true; isMore; ) {
    isMore = await notification.answerCalls()
    for (const from of Object.values(engines))
      for (const { topic, answer } of await from.published()) {
        isMore = true
        for (const to of Object.values(engines)) if (to.reads.has(topic)) await to.deliver(answer)
      }
  }
}
