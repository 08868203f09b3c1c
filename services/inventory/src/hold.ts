import type { View } from 'saga-kit'

/** The cancelled orders of one basket whose stock a new order of that basket may take over, the oldest first. */
export interface Hold {
  readonly basket: string
  readonly orderIds: readonly string[]
}

export function join(holds: View<Hold>, basket: string, orderId: string): void {
  holds.put({ basket, orderIds: [...(holds.get(basket)?.orderIds ?? []), orderId] })
}

/** False when the order's entry is gone: a later order has taken its stock over. */
export function leave(holds: View<Hold>, basket: string, orderId: string): boolean {
  const orderIds = holds.get(basket)?.orderIds
  if (!orderIds?.includes(orderId)) return false
  keep(holds, { basket, orderIds: orderIds.filter(id => id !== orderId) })
  return true
}

/**
 * Gives the order whose stock is taken over. Its stock is counted as reserved already and stays so. The order that held it is left alone: another saga's rows are
 * not ours to write, and its own HoldExpired will find the entry gone.
 */
export function takeOldest(holds: View<Hold>, basket: string): string | null {
  const [oldest, ...rest] = holds.get(basket)?.orderIds ?? []
  if (oldest === undefined) return null
  keep(holds, { basket, orderIds: rest })
  return oldest
}

/** A hold without orders is no hold: its row goes, so that the table is no larger than what is held. */
function keep(holds: View<Hold>, hold: Hold): void {
  if (hold.orderIds.length > 0) holds.put(hold)
  else holds.delete(hold.basket)
}
