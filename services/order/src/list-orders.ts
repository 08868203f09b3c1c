import type { Reader } from 'saga-kit/runtime'
import { z } from 'zod'
import { orderColumns, orderView, viewOf } from './read-order.ts'

export const orderPage = z.object({
  orders: z.array(orderView),
  /** Give it as `after` to get the next page; null on the last one. */
  next: z.string().nullable(),
})

export interface PageWanted {
  readonly customerId?: string | undefined
  readonly limit: number
  readonly after?: string | undefined
}

/** The newest first: ids are UUIDv7. By key and not by offset, so that orders placed meanwhile shift no page. */
export async function listOrders(db: Reader, wanted: PageWanted): Promise<z.input<typeof orderPage>> {
  const { customerId, limit, after } = wanted
  const values: unknown[] = [limit + 1]
  const conditions = ['true']
  if (customerId !== undefined) conditions.push(`customer_id = $${values.push(customerId)}`)
  if (after !== undefined) conditions.push(`order_id < $${values.push(after)}`)

  const { rows } = await db.query(
    `select ${orderColumns} from orders where ${conditions.join(' and ')} order by order_id desc limit $1`,
    values,
  )
  const orders = rows.slice(0, limit).map(viewOf)
  return { orders, next: rows.length > limit ? (orders.at(-1)?.orderId ?? null) : null }
}
