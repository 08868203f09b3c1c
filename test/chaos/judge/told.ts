import { type Entry, type OrderContent, readJournal } from '../load/journal.ts'

export interface ToldOrder extends OrderContent {
  readonly key: string
  readonly kind: string
}

/** What the journal says: who was told what. */
export interface Told {
  readonly sagas: number
  /** By the id that was answered. */
  readonly orders: ReadonlyMap<string, ToldOrder>
  /** Orders whose customers were told that they are cancelled, or will be refunded. */
  readonly cancelled: ReadonlySet<string>
  readonly refunded: ReadonlySet<string>
  /** Minor units by customer, pieces by sku. */
  readonly deposits: ReadonlyMap<string, number>
  readonly receipts: ReadonlyMap<string, number>
  /** Requests by wish and answer: `cancel 409`. */
  readonly answers: ReadonlyMap<string, number>
  readonly violations: readonly string[]
}

export async function readTold(path: string): Promise<Told> {
  const wishes = new Map<string, Extract<Entry, { wish: string }>>()
  const orders = new Map<string, ToldOrder>()
  const cancelled = new Set<string>()
  const refunded = new Set<string>()
  const deposits = new Map<string, number>()
  const receipts = new Map<string, number>()
  const answers = new Map<string, number>()
  const violations: string[] = []
  const add = (sums: Map<string, number>, name: string, amount: number) =>
    void sums.set(name, (sums.get(name) ?? 0) + amount)

  for await (const entry of readJournal(path)) {
    if ('wish' in entry) {
      wishes.set(entry.key, entry)
      continue
    }
    const wish = wishes.get(entry.reply)
    if (!wish) throw new Error(`the journal has an answer to ${entry.reply}, which was never asked`)
    wishes.delete(entry.reply)
    add(answers, `${wish.wish} ${entry.status}`, 1)
    if (entry.status >= 300) continue
    switch (wish.wish) {
      case 'order': {
        const { orderId } = entry.body
        const before = orders.get(orderId)
        if (before) violations.push(`${before.key} and ${wish.key} were both told order ${orderId}`)
        orders.set(orderId, wish)
        break
      }
      case 'cancel':
        cancelled.add(wish.orderId)
        break
      case 'refund':
        refunded.add(wish.orderId)
        break
      case 'deposit':
        add(deposits, wish.customerId, wish.amountMinor)
        break
      case 'receipt':
        add(receipts, wish.sku, wish.quantity)
        break
    }
  }
  for (const { wish, key } of wishes.values()) violations.push(`${wish} ${key} was never answered`)
  return { sagas: orders.size, orders, cancelled, refunded, deposits, receipts, answers, violations }
}
