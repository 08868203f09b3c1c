import { type Random, randomOf } from '../../../shared/src/testing/simulation/random.ts'
import type { Line } from '../../e2e/shop-client.ts'

/** An order, and what its customer has in mind. */
export interface Wanted {
  readonly kind: OrderKind
  readonly customerId: string
  readonly lines: readonly Line[]
}

/** What somebody wants of the shop: an order or some, and what becomes of them as far as they have a say. */
export interface Visit {
  readonly n: number
  readonly kind: VisitKind
  /** All of `together` are sent as one batch; two orders of another visit at once, or one after the other when the first is cancelled. */
  readonly orders: readonly Wanted[]
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
  together: 3,
} as const
export type VisitKind = keyof typeof weights
export type OrderKind = Exclude<VisitKind, 'together'>
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
  return visitOfKind(random.pick(urn), random, n)
}

/** The same as a part of a burst: as many orders as a batch takes. */
export const burstOf = (seed: string, n: number): Visit => together(100, randomOf(seed, 'burst', n), n)

function visitOfKind(kind: VisitKind, random: Random, n: number): Visit {
  if (kind === 'together') return together(random.int(2, 20), random, n)
  const order = wantedOf(kind, random, n)
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
    case 'out-of-stock':
    case 'poor':
    case 'no-account':
      return common
    case 'cancelled':
      return { ...common, cancelAfterMs: soonMs }
    case 'refunded':
      return { ...common, refundAfterMs: soonMs }
    case 'taken-over':
      return { ...common, orders: [order, order], cancelAfterMs: soonMs }
    case 'race': {
      const lines = [{ sku: random.pick(goods.lastPieces), quantity: 1 }]
      const [first, second] = random.shuffled(goods.rich)
      return {
        ...common,
        orders: [
          { kind, customerId: first!, lines },
          { kind, customerId: second!, lines },
        ],
        receipt: { sku: lines[0]!.sku, quantity: 1 },
      }
    }
    case 'hammered':
      return { ...common, deposit: { customerId: goods.hammered, amountMinor: random.int(1, 100) } }
  }
}

/** Of those that nothing more becomes of. */
const amongOthers = ['plain', 'plain', 'plain', 'hammered', 'out-of-stock', 'poor', 'no-account'] as const

const together = (count: number, random: Random, n: number): Visit => ({
  ...{ n, kind: 'together', entrance: 0, asksAgain: random.chance(0.2) },
  orders: Array.from({ length: count }, () => wantedOf(random.pick(amongOthers), random, n)),
})

function wantedOf(kind: OrderKind, random: Random, n: number): Wanted {
  const basket = random
    .shuffled(goods.skus)
    .slice(0, random.int(1, 3))
    .map(sku => ({ sku, quantity: random.int(1, 3) }))
  const customerId = random.chance(0.02) ? goods.unreachable : random.pick(goods.rich)
  switch (kind) {
    case 'out-of-stock':
      return { kind, customerId, lines: [{ sku: goods.scarce, quantity: 2 }, ...basket] }
    case 'poor':
    case 'hammered':
      return { kind, customerId: goods[kind], lines: basket }
    case 'no-account':
      return { kind, customerId: `nobody-${n % 10}`, lines: basket }
    default:
      return { kind, customerId, lines: basket }
  }
}
