/**
 * The steps of an order that ends well, as the peers do them: one statement each, so that a step is one round trip and one
 * commit where nothing else is added to it. Each has its evidence row (or status), and does nothing when it is done again.
 */
export interface Order {
  readonly orderId: string
  readonly customerId: string
  readonly currency: string
  readonly lines: readonly [{ readonly sku: string; readonly quantity: number }]
}
export interface Statement {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}
export type Step = (order: Order) => Statement

/** What a step of the shop looks up or writes is looked up or written here too; what its engine writes is not. */
export const placeOrder: Step = ({ orderId, customerId, currency, lines: [{ sku, quantity }] }) => ({
  name: 'place_order',
  text: `insert into orders (order_id, customer_id, currency, total_minor, sku, quantity, status, settled, created_at)
         select $1, $2, $3, $5::bigint * unit_price_minor, sku, $5, 'PENDING', false, now() from prices where sku = $4
         on conflict do nothing`,
  values: [orderId, customerId, currency, sku, quantity],
})
export const reserveStock: Step = ({ orderId, lines: [{ sku, quantity }] }) => ({
  name: 'reserve_stock',
  text: `with kept as (
           insert into reservations (order_id, sku, quantity, status) values ($1, $2, $3, 'reserved')
           on conflict do nothing returning sku, quantity)
         update stock set on_hand = on_hand - kept.quantity, reserved = reserved + kept.quantity
         from kept where stock.sku = kept.sku`,
  values: [orderId, sku, quantity],
})
/** The price is the same for all: the peers' messages need not carry the total. */
export const priceMinor = 100
export const deductBalance: Step = ({ orderId, customerId, lines: [{ quantity }] }) => ({
  name: 'deduct_balance',
  text: `with debit as (
           insert into debits (order_id, customer_id, amount_minor) values ($1, $2, $3)
           on conflict do nothing returning customer_id, amount_minor)
         update accounts set balance_minor = balance_minor - debit.amount_minor, deducted_minor = deducted_minor + debit.amount_minor
         from debit where accounts.customer_id = debit.customer_id`,
  values: [orderId, customerId, quantity * priceMinor],
})
export const confirmOrder: Step = ({ orderId }) => ({
  name: 'confirm_order',
  text: `update orders set status = 'CONFIRMED' where order_id = $1 and status = 'PENDING'`,
  values: [orderId],
})
export const commitStock: Step = ({ orderId }) => ({
  name: 'commit_stock',
  text: `with sold as (
           update reservations set status = 'committed' where order_id = $1 and status = 'reserved' returning sku, quantity)
         update stock set reserved = reserved - sold.quantity, sold = stock.sold + sold.quantity
         from sold where stock.sku = sold.sku`,
  values: [orderId],
})
export const settleOrder: Step = ({ orderId }) => ({
  name: 'settle_order',
  text: 'update orders set settled = true where order_id = $1 and not settled',
  values: [orderId],
})
/** With all tables in one database the last step settles the order in the same statement: five commits an order. */
export const commitStockAndSettle: Step = order => ({
  name: 'commit_stock_and_settle',
  text: `with settled as (${settleOrder(order).text}), ${commitStock(order).text.replace(/^with /, '')}`,
  values: [order.orderId],
})

export const allSteps = [placeOrder, reserveStock, deductBalance, confirmOrder, commitStockAndSettle] as const
