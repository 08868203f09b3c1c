import { auditOf, type Figure, figure, none } from 'saga-kit'
import type { Order } from './order.ts'
import { states } from './states.ts'

/**
 * What an order should have cost and brought. Balance and inventory say what it did: `deducted` and `refunded` are in minor
 * units of a currency, `sold` and `kept` are pieces of a sku, `kept` those that are reserved or held for it.
 */
export const audit = auditOf(states, {
  figures: ['deducted', 'refunded', 'sold', 'kept'],
  settles: {
    orders: order => ({
      ending: order.status,
      // A settled order changes no more, unless a refund unsettles it.
      settledAt: order.settled ? order.updatedAt : null,
      figures: [...moneyOf(order), ...goodsOf(order)],
    }),
  },
})

/** Before it is settled, what is certain: from its confirmation on that it is paid, from balance's answer on what a cancellation cost. */
function moneyOf(order: Order): Figure<'deducted' | 'refunded'>[] {
  const { status, currency, totalMinor, cancellationRefundMinor } = order
  const deducted = (minor: number) => figure('deducted', currency, minor)
  const refunded = (minor: number) => figure('refunded', currency, minor)
  switch (status) {
    case 'PENDING':
      return []
    case 'CONFIRMED':
      return [deducted(totalMinor), refunded(0)]
    case 'REFUNDING':
      return [deducted(totalMinor)]
    case 'REFUNDED':
      return [deducted(totalMinor), refunded(totalMinor)]
    case 'CANCELLED': {
      if (cancellationRefundMinor === null) return []
      // What came back is what was paid, and that is all or nothing.
      const paidMinor = cancellationRefundMinor === 0 ? 0 : totalMinor
      return [deducted(paidMinor), refunded(paidMinor)]
    }
  }
}

function goodsOf({ status, lines, stockCommittedAt, stockReleasedAt }: Order): Figure<'sold' | 'kept'>[] {
  if (status === 'CONFIRMED' && stockCommittedAt) return lines.map(({ sku, quantity }) => figure('sold', sku, quantity))
  if (status === 'CANCELLED' && stockReleasedAt) return [none('sold'), none('kept')]
  return []
}
