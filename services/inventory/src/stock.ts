import { PermanentError, type View } from 'saga-kit'
import type { Line } from 'shop-schemas'

/** Pieces of one sku: received = onHand + reserved + sold, always. */
export interface Stock {
  readonly sku: string
  /** Everything that ever came in. */
  readonly received: number
  /** Free for orders. */
  readonly onHand: number
  /** Kept for an order that is not confirmed yet, or held for one that was cancelled. */
  readonly reserved: number
  readonly sold: number
}
export type Pile = 'onHand' | 'reserved' | 'sold'

/** Moves pieces between piles. That they are there was decided before: by the free stock, or by the reservation. */
export function move(stock: View<Stock>, lines: readonly Line[], from: Pile, to: Pile): void {
  for (const { sku, quantity } of lines) {
    const row = stock.get(sku)
    if (!row || row[from] < quantity)
      throw new PermanentError(
        'stock-short',
        `${sku}: ${quantity} should be ${from}, found ${row?.[from] ?? 'no stock'}`,
      )
    stock.put({ ...row, [from]: row[from] - quantity, [to]: row[to] + quantity })
  }
}
