import type { ShopHttp } from './shop-http.ts'

/** What a story has at hand. */
export interface Stage {
  readonly http: ShopHttp
  /** Gives the order the name under which its events are told. */
  readonly place: (orderName: string, customer: string, lines: readonly Line[]) => Promise<string>
  /** Resolves when the topics have told of it. */
  readonly heard: (orderId: string, type: string) => Promise<unknown>
  readonly settled: (orderId: string) => Promise<unknown>
  /** Asks again and again. */
  readonly until: (what: string, isSo: () => Promise<boolean>) => Promise<void>
  readonly pauseBalance: () => Promise<void>
  readonly resumeBalance: () => Promise<void>
}
export interface Line {
  readonly sku: string
  readonly quantity: number
}
/** How an order should end. */
export interface Ending {
  readonly orderId: string
  readonly name: string
  readonly status: 'CONFIRMED' | 'CANCELLED' | 'REFUNDED'
  readonly reason: string | null
}
export interface Story {
  readonly what: string
  readonly tell: (stage: Stage) => Promise<Ending[]>
}

export const prices = { tea: 450, mug: 1_200, print: 3_000 } as const
/** Pieces that come in. One mug and two prints are less than the stories ask for, and just enough. */
export const receipts = { tea: 20, mug: 1, print: 2 } as const
/** Minor units. */
export const deposits = { ada: 10_000, ben: 10_000, cleo: 500, dora: 10_000, emil: 10_000, fay: 10_000 } as const

/** What is left when all stories have ended well: nothing is lost, and nothing is given back twice. */
export const leftOver = {
  stock: {
    tea: { onHand: 18, reserved: 0, sold: 2 },
    mug: { onHand: 1, reserved: 0, sold: 0 },
    print: { onHand: 0, reserved: 0, sold: 2 },
  },
  balanceMinor: { ...deposits, ada: deposits.ada - 2 * prices.tea, fay: deposits.fay - 2 * prices.print },
} as const

export const stories: readonly Story[] = [
  {
    what: 'Ada buys two teas.',
    tell: async ({ place }) => {
      const orderId = await place('confirmed', 'ada', [{ sku: 'tea', quantity: 2 }])
      return [{ orderId, name: 'confirmed', status: 'CONFIRMED', reason: null }]
    },
  },
  {
    what: 'Ben wants two mugs; there is one.',
    tell: async ({ place }) => {
      const orderId = await place('out of stock', 'ben', [{ sku: 'mug', quantity: 2 }])
      return [{ orderId, name: 'out of stock', status: 'CANCELLED', reason: 'stock-rejected' }]
    },
  },
  {
    what: 'Cleo has 5.00 EUR and wants two teas. Inventory gives back what it had reserved.',
    tell: async ({ place }) => {
      const orderId = await place('short', 'cleo', [{ sku: 'tea', quantity: 2 }])
      return [{ orderId, name: 'short', status: 'CANCELLED', reason: 'balance-rejected' }]
    },
  },
  {
    what: 'Dora buys a tea and returns it: money back, then goods back.',
    tell: async ({ place, settled, http }) => {
      const orderId = await place('refunded', 'dora', [{ sku: 'tea', quantity: 1 }])
      await settled(orderId)
      await http.refund(orderId, 'it did not fit')
      return [{ orderId, name: 'refunded', status: 'REFUNDED', reason: 'it did not fit' }]
    },
  },
  {
    what: 'Emil cancels while balance is paused, so before he has paid. Balance, resumed, may still deduct first: then it pays back. His teas are held a moment, then released.',
    tell: async stage => {
      const orderId = await placeAndCancel(stage, 'cancelled', 'emil', [{ sku: 'tea', quantity: 3 }])
      return [{ orderId, name: 'cancelled', status: 'CANCELLED', reason: 'customer' }]
    },
  },
  {
    what: 'Fay cancels the last two prints, and wants them after all: her new order takes over what is held for the old one.',
    tell: async stage => {
      const lines = [{ sku: 'print', quantity: 2 }]
      const dropped = await placeAndCancel(stage, 'given up', 'fay', lines)
      const orderId = await stage.place('taken over', 'fay', lines)
      return [
        { orderId: dropped, name: 'given up', status: 'CANCELLED', reason: 'customer' },
        { orderId, name: 'taken over', status: 'CONFIRMED', reason: null },
      ]
    },
  },
]

/** An order is confirmed within a fraction of a second; a customer is quicker only when the payment takes its time. */
async function placeAndCancel(stage: Stage, name: string, customer: string, lines: readonly Line[]): Promise<string> {
  const { http, place, heard, until, pauseBalance, resumeBalance } = stage
  const before = await http.reservationsUndone()
  await pauseBalance()
  try {
    const orderId = await place(name, customer, lines)
    await heard(orderId, 'StockReserved')
    await http.cancel(orderId)
    // Holding stock publishes nothing. Only once it is held can it be taken over.
    await until('inventory holds the stock', async () => (await http.reservationsUndone()) > before)
    return orderId
  } finally {
    await resumeBalance()
  }
}
