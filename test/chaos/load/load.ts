import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '../../e2e/shop-client.ts'
import type { Entrances } from './entrances.ts'
import type { OrderWish } from './journal.ts'
import type { Answered, Requests, Route } from './requests.ts'
import { burstOf, type Visit, visitOf } from './visits.ts'

/** Each of a hundred orders: together as many as a transaction takes. */
const batchesInABurst = 5

export interface Load {
  /** Orders that were answered 202. */
  readonly placed: number
  /** Some hundred orders at once, unless too many sagas are open. */
  burst(): void
  /** Ends the coming of new visits; resolves when every request of those that came is answered. */
  end(): Promise<void>
}

export interface LoadOptions {
  readonly seed: string
  readonly requests: Requests
  readonly entrances: Entrances
  /** Visits that wait for an answer at a time. What they want later, they do not wait for. */
  readonly clients: number
  /** At most so many begin in a second, so that services, brokers and load share a small machine. */
  readonly visitsPerSecond: number
  /** True while so many sagas are open that no more should be. */
  readonly isFull: () => boolean
  readonly signal: AbortSignal
}

/** Visits in the order of their numbers, until it is ended. */
export function startLoad(o: LoadOptions): Load {
  const { requests, entrances, signal } = o
  const later = new Set<Promise<void>>()
  const beganMs = performance.now()
  let next = 0
  let placed = 0
  let ended = false

  /** Of what was missed during an outage, two seconds' worth is caught up with. */
  let slotMs = beganMs
  async function pace(): Promise<void> {
    const everyMs = 1_000 / o.visitsPerSecond
    const nowMs = performance.now()
    slotMs = Math.max(slotMs + everyMs, nowMs - 2_000)
    const waitMs = slotMs - nowMs
    if (waitMs > 0) await sleep(waitMs)
    while (o.isFull() && !ended && !signal.aborted) await sleep(100)
  }

  async function client(): Promise<void> {
    for (;;) {
      await pace()
      if (ended || signal.aborted) return
      await begin(visitOf(o.seed, next++)).catch(unlessAborted)
    }
  }

  async function begin(visit: Visit): Promise<void> {
    const { n, kind, receipt, deposit, orders, cancelAfterMs } = visit
    if (kind === 'together') return placeTogether(visit)
    if (receipt) await requests.insist({ wish: 'receipt', key: `receipt-${n}`, ...receipt })
    const first = place(visit, 0)
    // Who takes a basket over has dropped it before; who races does not wait for the other.
    const second = orders.length > 1 && (cancelAfterMs === undefined ? place(visit, 1) : undefined)
    inBackground(afterwards(visit, first))
    await Promise.all([first, second, deposit && requests.insist({ wish: 'deposit', key: `deposit-${n}`, ...deposit })])
  }

  async function place(visit: Visit, which: 0 | 1): Promise<string | undefined> {
    const wish = wishOf(visit, which)
    const answer = await requests.insist(wish, { prefer: visit.entrance })
    return taken(visit, wish, answer, 'together')
  }

  async function placeTogether(visit: Visit): Promise<void> {
    const wishes = visit.orders.map((_, which) => wishOf(visit, which))
    const answers = await requests.insistTogether(wishes, { prefer: visit.entrance })
    for (const [which, wish] of wishes.entries()) taken(visit, wish, answers[which]!, 'alone')
  }

  const wishOf = ({ n, orders }: Visit, which: number): OrderWish => ({
    ...{ wish: 'order', key: `order-${n}-${which}`, visit: n, currency: 'EUR', ...orders[which]! },
  })

  /** Gives its id, unless it was refused. Whoever asks again does so by the other route. */
  function taken({ asksAgain }: Visit, wish: OrderWish, answer: Answered, otherRoute: Route): string | undefined {
    if (answer.status !== 202) return undefined
    placed++
    if (asksAgain) inBackground(sleep(3_000).then(() => requests.askAgain(wish, answer, otherRoute)))
    return answer.body.orderId
  }

  async function afterwards(visit: Visit, first: Promise<string | undefined>): Promise<void> {
    const { n, cancelAfterMs, refundAfterMs, orders } = visit
    const orderId = await first
    if (orderId === undefined) return
    if (cancelAfterMs !== undefined) {
      await sleep(cancelAfterMs)
      await requests.insist({ wish: 'cancel', key: `cancel-${n}`, orderId })
      if (orders.length > 1) await place(visit, 1)
    }
    if (refundAfterMs !== undefined && (await isConfirmed(orderId))) {
      await sleep(refundAfterMs)
      await requests.insist({ wish: 'refund', key: `refund-${n}`, orderId })
    }
  }

  /** Waits until the order is no longer pending. */
  async function isConfirmed(orderId: string): Promise<boolean> {
    for (let tries = 0; ; tries++) {
      signal.throwIfAborted()
      const answer: Answer | undefined = await entrances
        .ask('order', 'GET', `/orders/${orderId}`, {})
        .catch(() => undefined)
      if (answer?.status === 200 && answer.body.status !== 'PENDING') return answer.body.status === 'CONFIRMED'
      await sleep(Math.min(200 * 1.5 ** tries, 2_000))
    }
  }

  function inBackground(work: Promise<unknown>): void {
    const task = work.then(() => undefined, unlessAborted).finally(() => later.delete(task))
    later.add(task)
  }
  function unlessAborted(error: unknown): void {
    if (!signal.aborted) throw error
  }

  const clients = Array.from({ length: o.clients }, client)
  return {
    get placed() {
      return placed
    },
    burst() {
      if (o.isFull()) return
      for (let batch = 0; batch < batchesInABurst; batch++) inBackground(begin(burstOf(o.seed, next++)))
    },
    async end() {
      ended = true
      await Promise.all(clients)
      while (later.size > 0) await Promise.all(later)
    },
  }
}
