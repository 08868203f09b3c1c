import type { Reader } from 'saga-kit/runtime'
import { z } from 'zod'

export const stockView = z.object({
  sku: z.string(),
  received: z.int(),
  /** Free stock. */
  onHand: z.int(),
  /** Kept for pending orders, and held for cancelled ones. */
  reserved: z.int(),
  sold: z.int(),
})
export type StockView = z.input<typeof stockView>

export async function readStock(db: Reader, sku: string): Promise<StockView | undefined> {
  const { rows } = await db.query(
    'select sku, received, on_hand as "onHand", reserved, sold from stock where sku = $1',
    [sku],
  )
  return rows[0] as StockView | undefined
}
