import type { Bound, Scenario } from 'saga-kit/simulation'
import { Deposit } from '../../services/balance/src/deposit.ts'
import { balance } from '../../services/balance/src/participant.ts'
import { ReceiveStock } from '../../services/inventory/src/commands.ts'
import { inventory } from '../../services/inventory/src/participant.ts'
import { CancelOrder, PlaceOrder, RequestRefund, SetPrice } from '../../services/order/src/commands.ts'
import { order } from '../../services/order/src/participant.ts'
import { constraints } from './constraints.ts'

const currency = 'EUR'

/** The three services that a saga needs, with two pieces and the money for one of them. Nobody waits for a notification. */
export const smallShop: Scenario = {
  ...{ participants: [order, inventory, balance], constraints },
  before: [
    { service: 'order', command: SetPrice, body: { sku: 'tea', currency, unitPriceMinor: 100 } },
    { service: 'inventory', command: ReceiveStock, body: { sku: 'tea', quantity: 2 } },
    { service: 'balance', command: Deposit, body: { customerId: 'ann', currency, amountMinor: 150 } },
  ],
  customer: function* () {},
}

const orderId = (n: number) => `019b76da-a800-7000-8000-00000000000${n}`
const place = (n: number, quantity: number) => ({
  ...{ service: 'order', command: PlaceOrder },
  body: { orderId: orderId(n), customerId: 'ann', currency, lines: [{ sku: 'tea', quantity }] },
})
const cancel = (n: number, after: number) => ({
  ...{ service: 'order', command: CancelOrder, body: { orderId: orderId(n) }, after },
})
const refund = (n: number, after: number) => ({
  ...{ service: 'order', command: RequestRefund, body: { orderId: orderId(n), reason: 'it did not fit' }, after },
})

/** An order, cancelled or to be refunded at any moment. */
export const oneSaga: Bound['wishes'] = [place(1, 1), cancel(1, 0), refund(1, 0)]
/** Two orders for the last pieces and the last money. */
export const twoOrders: Bound['wishes'] = [place(1, 2), place(2, 1)]
/** Two orders of one customer, who can pay for one of them; the first is cancelled at any moment, and taken over if there is a hold. */
export const twoSagas: Bound['wishes'] = [place(1, 1), cancel(1, 0), place(2, 1)]
