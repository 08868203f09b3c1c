import type { Basket, Told } from '../../told/told.ts'
import { type Entry, readJournal } from '../load/journal.ts'

export interface ToldOrder extends Basket {
  readonly key: string
  readonly kind: string
}

/** What the journal says: who was told what. */
export interface Journalled extends Told {
  readonly sagas: number
  readonly orders: ReadonlyMap<string, ToldOrder>
  /** Requests by wish and answer: `cancel 409`. */
  readonly answers: ReadonlyMap<string, number>
  readonly violations: readonly string[]
}

export async function readTold(path: string): Promise<Journalled> {
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
