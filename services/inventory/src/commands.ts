import { command, timer } from 'saga-kit'

export interface ReceiveStockBody {
  readonly sku: string
  readonly quantity: number
}
export const ReceiveStock = command<ReceiveStockBody, { sku: string; received: number }>()('ReceiveStock', {
  saga: 'none',
})

/** Fires when nobody may take the hold over any more. */
export const HoldExpired = timer<{ basket: string }>()('HoldExpired')
