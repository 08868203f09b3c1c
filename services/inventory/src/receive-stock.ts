import { type Answered, accept, refuse, type Views } from 'saga-kit'
import type { ReceiveStockBody } from './commands.ts'
import type { States } from './states.ts'

/** Pieces come in from outside. Every other sum is a part of `received`, so that this is the only one to check. */
export function receiveStock(
  { sku, quantity }: ReceiveStockBody,
  { stock }: Views<States, 'stock'>,
): Answered<never, { sku: string; received: number }> {
  const row = stock.get(sku) ?? { sku, received: 0, onHand: 0, reserved: 0, sold: 0 }
  const received = row.received + quantity
  if (!Number.isSafeInteger(received))
    return refuse(422, 'stock-out-of-range', `${sku} would have more than ${Number.MAX_SAFE_INTEGER} pieces received`)
  stock.put({ ...row, received, onHand: row.onHand + quantity })
  return accept({ sku, received })
}
