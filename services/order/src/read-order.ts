import { setTimeout as sleep } from 'node:timers/promises'
import type { Reader } from 'saga-kit/runtime'
import { z } from 'zod'

export const orderView = z.object({
  orderId: z.string(),
  customerId: z.string(),
  status: z.enum(['PENDING', 'CONFIRMED', 'CANCELLED', 'REFUNDING', 'REFUNDED']),
  reason: z.string().nullable(),
  settled: z.boolean(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.int(), unitPriceMinor: z.int() })),
  totalMinor: z.int(),
  currency: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type OrderView = z.input<typeof orderView>

export const orderColumns = `order_id as "orderId", customer_id as "customerId", status, reason, settled, lines,
  total_minor as "totalMinor", currency, created_at as "createdAt", updated_at as "updatedAt"`

export function viewOf(row: Record<string, unknown>): OrderView {
  const { createdAt, updatedAt } = row as { createdAt: Date; updatedAt: Date }
  return { ...(row as OrderView), createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() }
}

async function readOrder(db: Reader, orderId: string): Promise<OrderView | undefined> {
  const { rows } = await db.query(`select ${orderColumns} from orders where order_id = $1`, [orderId])
  return rows[0] && viewOf(rows[0])
}

/**
 * Answers with the order as it is when it is settled, when `waitMs` have passed or when nobody listens any more. Looks
 * often at first, since most orders settle within a second, and then four times a second.
 */
export async function waitUntilSettled(
  db: Reader,
  orderId: string,
  waitMs: number,
  signal: AbortSignal,
): Promise<OrderView | undefined> {
  const deadline = performance.now() + waitMs
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 1.5, 250)) {
    const order = await readOrder(db, orderId)
    const leftMs = deadline - performance.now()
    if (!order || order.settled || leftMs <= 0 || signal.aborted) return order
    await sleep(Math.min(pauseMs, leftMs), undefined, { signal }).catch(() => {})
  }
}
