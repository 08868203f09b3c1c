import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { ServiceName } from '../../../infra/shop/topics.ts'
import type { Answer } from '../../e2e/shop-client.ts'
import type { Entrances } from './entrances.ts'
import type { Journal, Wish } from './journal.ts'

export interface RequestCounts {
  /** Tries that had no answer, or were told to come again: each was repeated under its key. */
  unanswered: number
  turnedAway: number
  /** Answers 5xx other than 503: nothing here may fail. By what was asked, with the answer. */
  readonly failed: string[]
  /** Asked again when it had long been answered, and how often that answer was another. */
  askedAgain: number
  readonly answeredOtherwise: string[]
}

export interface Requests {
  /** Writes the wish down, asks until there is an answer, writes that down. Rejects only when `signal` is aborted. */
  insist(wish: Wish, o?: { prefer?: number }): Promise<Answer>
  /** The same once more, of which nothing may come but the same answer. */
  askAgain(wish: Wish, before: Answer): Promise<void>
  readonly counts: RequestCounts
}

export function requestsTo(o: { entrances: Entrances; journal: Journal; signal: AbortSignal }): Requests {
  const { entrances, journal, signal } = o
  const counts: RequestCounts = { unanswered: 0, turnedAway: 0, failed: [], askedAgain: 0, answeredOtherwise: [] }

  async function untilAnswered(wish: Wish, prefer: number): Promise<Answer> {
    const { service, path, body } = requestOf(wish)
    for (let tries = 0; ; tries++) {
      signal.throwIfAborted()
      try {
        const answer = await entrances.ask(service, 'POST', path, { key: wish.key, body, prefer })
        if (answer.status < 500) return answer
        if (answer.status === 503) counts.turnedAway++
        else counts.failed.push(`${wish.wish} ${wish.key}: ${answer.status} ${JSON.stringify(answer.body)}`)
      } catch {
        counts.unanswered++
      }
      await sleep(Math.min(100 * 1.5 ** tries, 1_500))
    }
  }

  return {
    counts,
    async insist(wish, { prefer = 0 } = {}) {
      await journal.write(wish)
      const answer = await untilAnswered(wish, prefer)
      await journal.write({ reply: wish.key, status: answer.status, body: answer.body })
      return answer
    },
    async askAgain(wish, before) {
      const answer = await untilAnswered(wish, 0)
      counts.askedAgain++
      const [then, now] = [before, answer].map(({ status, body }) => ({ status, body }))
      if (isDeepStrictEqual(then, now)) return
      counts.answeredOtherwise.push(
        `${wish.wish} ${wish.key}: first ${JSON.stringify(then)}, then ${JSON.stringify(now)}`,
      )
    },
  }
}

function requestOf(wish: Wish): { service: ServiceName; path: string; body: object | undefined } {
  switch (wish.wish) {
    case 'order': {
      const { customerId, currency, lines } = wish
      return { service: 'order', path: '/orders', body: { customerId, currency, lines } }
    }
    case 'cancel':
      return { service: 'order', path: `/orders/${wish.orderId}/cancel`, body: undefined }
    case 'refund':
      return { service: 'order', path: `/orders/${wish.orderId}/refund`, body: {} }
    case 'deposit': {
      const { customerId, amountMinor } = wish
      return { service: 'balance', path: `/accounts/${customerId}/deposits`, body: { amountMinor, currency: 'EUR' } }
    }
    case 'receipt':
      return { service: 'inventory', path: `/stock/${wish.sku}/receipts`, body: { quantity: wish.quantity } }
  }
}
