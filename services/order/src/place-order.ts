import { type Answered, accept, after, type Lookups, PermanentError, refuse, type SetTimer, type Views } from 'saga-kit'
import { OrderPlaced, type PricedLine } from 'shop-schemas'
import { type OrderAnswer, OrderTimedOut, type PlaceOrderBody } from './commands.ts'
import { noFacts } from './order.ts'
import type { OrderContext } from './settings.ts'
import type { States } from './states.ts'

type Seen = Views<States, 'orders'> & Lookups<States, 'prices'>

/** Takes an order at the prices of this moment; the client names skus and quantities only. */
export function placeOrder(
  command: PlaceOrderBody,
  { orders, prices }: Seen,
  { now, settings }: OrderContext,
): Answered<OrderPlaced | SetTimer<'OrderTimedOut'>, OrderAnswer> {
  const { orderId, customerId, currency } = command
  // The id was drawn for this request alone: overwriting would lose an order.
  if (orders.get(orderId)) throw new PermanentError('order-exists', `order ${orderId} was placed before`)

  const lines: PricedLine[] = []
  let totalMinor = 0
  for (const { sku, quantity } of command.lines) {
    const price = prices.get(sku)
    if (!price) return refuse(422, 'no-price', `${sku} has no price`)
    if (price.currency !== currency)
      return refuse(422, 'no-price', `${sku} has a price in ${price.currency}, not in ${currency}`)
    lines.push({ sku, quantity, unitPriceMinor: price.unitPriceMinor })
    totalMinor += quantity * price.unitPriceMinor
    // Also right when the product or the sum has lost its last digits: then it is far beyond the safe range.
    if (!Number.isSafeInteger(totalMinor))
      return refuse(422, 'total-out-of-range', `the total exceeds ${Number.MAX_SAFE_INTEGER} minor units`)
  }

  orders.put({
    ...{ orderId, customerId, currency, totalMinor, lines, ...noFacts },
    ...{ status: 'PENDING', reason: null, settled: false, createdAt: now, updatedAt: now },
  })
  return accept(
    { orderId, status: 'PENDING' },
    OrderPlaced({ orderId, customerId, currency, totalMinor, lines }),
    after(settings.orderTimeoutMs, OrderTimedOut, {}),
  )
}
