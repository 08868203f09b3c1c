import { randomOf } from '../../../shared/src/testing/simulation/random.ts'
import type { Line } from '../../e2e/shop-client.ts'

/** What somebody wants of the shop: one or two orders, and what becomes of them as far as they have a say. */
export interface Visit {
  readonly n: number
  readonly kind: VisitKind
  /** Two orders of one visit are placed at once, or one after the other when the first is cancelled. */
  readonly orders: readonly { readonly customerId: string; readonly lines: readonly Line[] }[]
  /** Which of the order service's instances is asked first; only `hurried` ones go to the one whose orders soon time out. */
  readonly entrance: 0 | 1
  /** After the first order was taken; undefined: never. */
  readonly cancelAfterMs?: number
  /** After the first order was confirmed. */
  readonly refundAfterMs?: number
  readonly deposit?: { readonly customerId: string; readonly amountMinor: number }
  readonly receipt?: { readonly sku: string; readonly quantity: number }
  /** The order is asked for once more under its key, when it has long been answered. */
  readonly asksAgain: boolean
}

const weights = {
  plain: 12,
  cancelled: 6,
  refunded: 5,
  'out-of-stock': 3,
  poor: 3,
  'no-account': 2,
  'taken-over': 3,
  race: 3,
  hammered: 4,
  hurried: 3,
} as const
export type VisitKind = keyof typeof weights
export const visitKinds = Object.keys(weights) as VisitKind[]
const urn = visitKinds.flatMap(kind => Array.from({ length: weights[kind] }, () => kind))

/** Who and what there is before the first visit. */
export const goods = {
  priceMinor: 100,
  skus: Array.from({ length: 30 }, (_, n) => `sku-${n}`),
  /** Pieces come in one at a time, and two want each. */
  lastPieces: Array.from({ length: 10 }, (_, n) => `last-${n}`),
  /** One piece, of which everybody wants two. */
  scarce: 'scarce',
  rich: Array.from({ length: 40 }, (_, n) => `rich-${n}`),
  poor: 'poor',
  hammered: 'hammered',
  /** Have money and no contact: nobody tells them anything. */
  unreachable: 'unreachable',
} as const

/** The nth visit of a seed. Only the seed decides. */
export function visitOf(seed: string, n: number): Visit {
  const random = randomOf(seed, 'visit', n)
  const kind = random.pick(urn)
  const basket = (): Line[] =>
    random
      .shuffled(goods.skus)
      .slice(0, random.int(1, 3))
      .map(sku => ({ sku, quantity: random.int(1, 3) }))
  const customerId = random.chance(0.02) ? goods.unreachable : random.pick(goods.rich)
  const order = { customerId, lines: basket() }
  // Most wishes come while the saga is at its first steps, some late.
  const soonMs = random.int(0, random.pick([20, 200, 2_000]))
  const common = {
    ...{ n, kind, orders: [order], asksAgain: random.chance(0.05) },
    entrance: (kind === 'hurried' || random.chance(0.02) ? 1 : 0) as 0 | 1,
  }
  switch (kind) {
    case 'plain':
      return random.chance(0.05)
        ? { ...common, receipt: { sku: random.pick(goods.skus), quantity: random.int(1, 5) } }
        : common
    case 'hurried':
      return common
    case 'cancelled':
      return { ...common, cancelAfterMs: soonMs }
    case 'refunded':
      return { ...common, refundAfterMs: soonMs }
    case 'out-of-stock':
      return { ...common, orders: [{ customerId, lines: [{ sku: goods.scarce, quantity: 2 }, ...basket()] }] }
    case 'poor':
      return { ...common, orders: [{ customerId: goods.poor, lines: basket() }] }
    case 'no-account':
      return { ...common, orders: [{ customerId: `nobody-${n % 10}`, lines: basket() }] }
    case 'taken-over':
      return { ...common, orders: [order, order], cancelAfterMs: soonMs }
    case 'race': {
      const lines = [{ sku: random.pick(goods.lastPieces), quantity: 1 }]
      const [first, second] = random.shuffled(goods.rich)
      return {
        ...common,
        orders: [
          { customerId: first!, lines },
          { customerId: second!, lines },
        ],
        receipt: { sku: lines[0]!.sku, quantity: 1 },
      }
    }
    case 'hammered':
      return {
        ...common,
        orders: [{ customerId: goods.hammered, lines: basket() }],
        deposit: { customerId: goods.hammered, amountMinor: random.int(1, 100) },
      }
  }
}
