import { accept, participant } from 'saga-kit'
import {
  BalanceDeducted,
  BalanceRefunded,
  BalanceRejected,
  OrderCancelled,
  OrderConfirmed,
  OrderPlaced,
  OrderRefunded,
  RefundRequested,
  StockCommitted,
  StockRejected,
  StockReleased,
  StockReturned,
} from 'shop-schemas'
import { audit } from './audit.ts'
import { cancelBecause, cancelForCustomer } from './cancel-order.ts'
import { CancelOrder, OrderTimedOut, PlaceOrder, RequestRefund, SetPrice } from './commands.ts'
import { confirmOrder } from './on-balance-deducted.ts'
import { placeOrder } from './place-order.ts'
import { recordReturn, recordStock } from './record-facts.ts'
import { requestRefund } from './request-refund.ts'
import { settings } from './settings.ts'
import { states } from './states.ts'

const cancelling = { emits: [OrderCancelled], cancels: [OrderTimedOut], undoneBy: 'never' } as const
const recording = { emits: [], undoneBy: 'never', run: recordStock } as const
/** The later of the two facts that a refund waits for completes it. */
const completing = { emits: [OrderRefunded], undoneBy: 'never', run: recordReturn } as const
const timedOut = cancelBecause('OrderTimedOut', 'timed-out')
const stockRejected = cancelBecause('StockRejected', 'stock-rejected')
const balanceRejected = cancelBecause('BalanceRejected', 'balance-rejected')

/** Owns orders and prices; begins every saga of the shop and knows how each ended. */
export const order = participant(
  { service: 'order', states, settings, audit, longestTimerMs: s => s.orderTimeoutMs },
  ({ on }) => [
    on(PlaceOrder)
      .reads('orders', c => [c.orderId])
      .looksUp('prices', c => c.lines.map(line => line.sku))
      .action('place_order', {
        // One of them comes last, however the order ends: what waits anywhere on its way is counted.
        answeredBy: [StockCommitted, BalanceRefunded],
        emits: [OrderPlaced, OrderTimedOut],
        undoneBy: 'never',
        run: placeOrder,
      }),

    on(BalanceDeducted)
      .reads('orders', e => [e.orderId])
      .action('confirm_order', {
        emits: [OrderConfirmed],
        cancels: [OrderTimedOut],
        excludes: ['cancel_order'],
        undoneBy: 'never',
        run: confirmOrder,
      }),

    on(CancelOrder)
      .reads('orders', c => [c.orderId])
      .action('cancel_order', { ...cancelling, run: cancelForCustomer }),
    on(StockRejected)
      .reads('orders', e => [e.orderId])
      .action('cancel_order', { ...cancelling, run: (e, seen, c) => stockRejected(e.orderId, seen, c) }),
    on(BalanceRejected)
      .reads('orders', e => [e.orderId])
      .action('cancel_order', { ...cancelling, run: (e, seen, c) => balanceRejected(e.orderId, seen, c) }),
    on(OrderTimedOut)
      .reads('orders', t => [t.sagaId])
      .action('cancel_order', { ...cancelling, run: (t, seen, c) => timedOut(t.sagaId, seen, c) }),

    on(RequestRefund)
      .reads('orders', c => [c.orderId])
      .action('request_refund', {
        emits: [RefundRequested],
        excludes: ['cancel_order'],
        undoneBy: 'never',
        run: requestRefund,
      }),

    on(StockCommitted)
      .reads('orders', e => [e.orderId])
      .action('record_stock_committed', recording),
    on(StockReleased)
      .reads('orders', e => [e.orderId])
      .action('record_stock_released', recording),
    on(BalanceRefunded)
      .reads('orders', e => [e.orderId])
      .action('record_refund', completing),
    on(StockReturned)
      .reads('orders', e => [e.orderId])
      .action('finish_refund', completing),

    on(SetPrice)
      .reads('prices', p => [p.sku])
      .local(({ sku, currency, unitPriceMinor }, { prices }) => {
        prices.put({ sku, currency, unitPriceMinor })
        return accept({ sku, currency, unitPriceMinor })
      }),
  ],
)
