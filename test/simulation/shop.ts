import type { Participant } from 'saga-kit'
import type { Scenario, Told } from 'saga-kit/simulation'
import { Deposit } from '../../services/balance/src/deposit.ts'
import { balance } from '../../services/balance/src/participant.ts'
import { ReceiveStock } from '../../services/inventory/src/commands.ts'
import { inventory } from '../../services/inventory/src/participant.ts'
import type { Mail } from '../../services/notification/src/mailer.ts'
import { notification } from '../../services/notification/src/participant.ts'
import { SetContact } from '../../services/notification/src/set-contact.ts'
import { CancelOrder, PlaceOrder, RequestRefund, SetPrice } from '../../services/order/src/commands.ts'
import type { Order } from '../../services/order/src/order.ts'
import { order } from '../../services/order/src/participant.ts'
import { constraints } from './constraints.ts'
import { differentSums } from './sums.ts'
import { visit } from './visits.ts'

/** Never called: the simulation stands in for it. */
const mailer = { send: async () => ({ channel: 'mail' as const }) }
const participants: Participant<any, any>[] = [order, inventory, balance, notification(mailer)]
const sent = (_mail: Mail) => ({ channel: 'mail' })

export const currency = 'EUR'
export const priceMinor = 100
const wish = (service: string, command: Scenario['before'][number]['command'], body: object) => ({
  ...{ service, command, body },
})

const before = [
  ...['tea', 'lamp', 'last', 'none'].map(sku => wish('order', SetPrice, { sku, currency, unitPriceMinor: priceMinor })),
  wish('inventory', ReceiveStock, { sku: 'tea', quantity: 1_000 }),
  wish('inventory', ReceiveStock, { sku: 'lamp', quantity: 12 }),
  wish('inventory', ReceiveStock, { sku: 'last', quantity: 1 }),
  wish('balance', Deposit, { customerId: 'rich', currency, amountMinor: 1_000_000 }),
  wish('balance', Deposit, { customerId: 'ann', currency, amountMinor: 900 }),
  wish('balance', Deposit, { customerId: 'ben', currency, amountMinor: 250 }),
  ...['rich', 'ann', 'nobody'].map(customerId =>
    wish('notification', SetContact, { customerId, email: `${customerId}@example.org` }),
  ),
]

/** The shop, small enough that its sagas meet: four skus and four customers, short of both pieces and money. */
export const shop: Scenario = {
  ...{ participants, constraints },
  // Short, so that what is late by seconds meets them.
  settings: { order: { orderTimeoutMs: 20_000 }, inventory: { stockReleaseDelayMs: 10_000 } },
  targets: { notify_confirmed: sent, notify_cancelled: sent, notify_refunded: sent },
  before,
  customer: visit,
  check(rest) {
    const { told, rows } = rest
    const orders = new Map((rows('order', 'orders') as unknown as Order[]).map(row => [row.orderId, row]))
    const wrong = told.flatMap(each => broken(each, told, orders))
    return [...wrong, ...unknownOrders(told, orders), ...differentSums(before, rest)]
  },
}

/** What somebody was told, and is not so. */
function broken(
  { wish: { command, body }, answer }: Told,
  told: readonly Told[],
  orders: ReadonlyMap<string, Order>,
): string[] {
  const { orderId } = body as { orderId?: string }
  if (orderId === undefined || answer.status !== 'accepted') return []
  const found = orders.get(orderId)
  if (!found) return [`order ${orderId} was accepted, and is not there`]
  const cancelled = found.status === 'CANCELLED' && found.reason === 'customer'
  if (command === CancelOrder && !cancelled) return [`order ${orderId} was cancelled, and is ${found.status}`]
  if (command === RequestRefund && found.status !== 'REFUNDED')
    return [`order ${orderId} was to be refunded, and is ${found.status}`]
  const isGranted = told.some(
    ({ wish, answer: given }) =>
      wish.command === CancelOrder &&
      (wish.body as { orderId: string }).orderId === orderId &&
      given.status === 'accepted',
  )
  if (command === PlaceOrder && cancelled && !isGranted)
    return [`order ${orderId} is cancelled by a customer who was never told so`]
  return []
}

/** An order that nobody was told of is one that was placed twice. */
function unknownOrders(told: readonly Told[], orders: ReadonlyMap<string, Order>): string[] {
  const placed = new Set(
    told.flatMap(({ wish: { command, body }, answer }) =>
      command === PlaceOrder && answer.status === 'accepted' ? [(body as { orderId: string }).orderId] : [],
    ),
  )
  return [...orders.keys()].filter(id => !placed.has(id)).map(id => `nobody was told of order ${id}`)
}
