import type { Basket, Told } from './told.ts'

/** An order as it stands in the order service's database when nothing moves any more. */
export interface FoundOrder extends Basket {
  readonly orderId: string
  readonly totalMinor: number
  readonly status: string
  readonly reason: string | null
}
export interface BrokenPromises {
  /** Orders that were taken, and are not there, or are not what was asked for. */
  readonly lost: readonly string[]
  /** Cancellations and refunds that were granted without effect, and such as took effect though nobody was granted them. */
  readonly ignored: readonly string[]
  /** Orders that nobody was told of: somebody's was placed twice. */
  readonly nobodys: readonly string[]
}

/**
 * Compares each order, one after another, with what its customer was told.
 * @param priceMinor of a piece, whatever its sku
 */
export function promisesOf(
  told: Told,
  priceMinor: number,
): { compare(order: FoundOrder): void; broken(): BrokenPromises } {
  const missing = new Set(told.orders.keys())
  const otherwise: string[] = []
  const ignored: string[] = []
  const nobodys: string[] = []
  return {
    compare(order) {
      const { orderId: id, customerId, status, reason } = order
      const basket = told.orders.get(id)
      if (!basket) return void nobodys.push(`nobody was told of order ${id} of ${customerId}`)
      missing.delete(id)
      const wanted = contentOf({ ...basket, totalMinor: priceOf(basket, priceMinor) })
      if (contentOf(order) !== wanted) otherwise.push(`order ${id} should be ${wanted}, but is ${contentOf(order)}`)
      const compareWish = (wish: string, isGranted: boolean, tookEffect: boolean) => {
        if (isGranted !== tookEffect)
          ignored.push(`order ${id}: its ${wish} was ${isGranted ? '' : 'not '}granted, and it is ${endingOf(order)}`)
      }
      compareWish('cancellation', told.cancelled.has(id), status === 'CANCELLED' && reason === 'customer')
      compareWish('refund', told.refunded.has(id), status === 'REFUNDING' || status === 'REFUNDED')
    },
    broken: () => ({
      ...{ ignored, nobodys },
      lost: [...[...missing].map(id => `order ${id} was taken, and is not there`), ...otherwise],
    }),
  }
}

/** `CANCELLED (timed-out)` */
export const endingOf = ({ status, reason }: Pick<FoundOrder, 'status' | 'reason'>) =>
  reason === null ? status : `${status} (${reason})`

const priceOf = ({ lines }: Basket, priceMinor: number) =>
  lines.reduce((sum, { quantity }) => sum + quantity * priceMinor, 0)

const contentOf = ({ customerId, currency, lines, totalMinor }: Basket & { readonly totalMinor: number }) =>
  `${totalMinor} ${currency} of ${customerId} for ${lines.map(({ sku, quantity }) => `${quantity} ${sku}`).join(', ')}`
