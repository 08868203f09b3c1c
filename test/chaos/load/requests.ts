import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { ServiceName } from '../../../infra/shop/topics.ts'
import type { Answer } from '../../e2e/shop-client.ts'
import type { Entrances } from './entrances.ts'
import type { Journal, OrderWish, Wish } from './journal.ts'

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

export type Answered = Pick<Answer, 'status' | 'body'>
/** POST /orders, or POST /orders/batch. */
export type Route = 'alone' | 'together'

export interface Requests {
  /** Writes the wish down, asks until there is an answer, writes that down. Rejects only when `signal` is aborted. */
  insist(wish: Wish, o?: { prefer?: number }): Promise<Answered>
  /** The same for orders that are sent as one batch: each has its own answer, and those that have none come again. */
  insistTogether(orders: readonly OrderWish[], o?: { prefer?: number }): Promise<readonly Answered[]>
  /** The same once more, of which nothing may come but the same answer. */
  askAgain(order: OrderWish, before: Answered, route: Route): Promise<void>
  readonly counts: RequestCounts
}

export function requestsTo(o: { entrances: Entrances; journal: Journal; signal: AbortSignal }): Requests {
  const { entrances, journal, signal } = o
  const counts: RequestCounts = { unanswered: 0, turnedAway: 0, failed: [], askedAgain: 0, answeredOtherwise: [] }

  async function askAlone(wish: Wish, prefer: number): Promise<Answered[]> {
    const { service, path, body } = requestOf(wish)
    return [await entrances.ask(service, 'POST', path, { key: wish.key, body, prefer })]
  }
  async function askTogether(wishes: readonly OrderWish[], prefer: number): Promise<Answered[]> {
    const orders = wishes.map(({ key: idempotencyKey, ...wish }) => ({ idempotencyKey, ...contentOf(wish) }))
    const whole = await entrances.ask('order', 'POST', '/orders/batch', { body: { orders }, prefer })
    return whole.status === 200 ? whole.body.results : wishes.map(() => whole)
  }

  /** One try: what each was answered, or undefined if it is to be repeated. */
  async function answersOf(wishes: readonly Wish[], asked: Promise<Answered[]>): Promise<(Answered | undefined)[]> {
    const answers = await asked.catch(() => undefined)
    if (!answers) counts.unanswered += wishes.length
    return wishes.map(({ wish, key }, n) => {
      const answer = answers?.[n]
      if (!answer || answer.status < 500) return answer
      if (answer.status === 503) counts.turnedAway++
      else counts.failed.push(`${wish} ${key}: ${answer.status} ${JSON.stringify(answer.body)}`)
      return undefined
    })
  }

  const ask = async (wishes: readonly Wish[], prefer: number, route: Route) =>
    route === 'together'
      ? answersOf(wishes, askTogether(wishes as readonly OrderWish[], prefer))
      : (await Promise.all(wishes.map(wish => answersOf([wish], askAlone(wish, prefer))))).flat()

  /** Every second time one of the orders comes by the other route. */
  async function untilAnswered(wishes: readonly Wish[], prefer: number, route: Route): Promise<Answered[]> {
    const answered = new Map<Wish, Answered>()
    for (let tries = 0; ; tries++) {
      signal.throwIfAborted()
      const left = wishes.filter(wish => !answered.has(wish))
      const others = left.slice(0, tries % 2 === 1 && left[0]!.wish === 'order' ? 1 : 0)
      const rest = left.slice(others.length)
      const answers = await Promise.all([
        others.length > 0 ? ask(others, prefer, route === 'alone' ? 'together' : 'alone') : [],
        rest.length > 0 ? ask(rest, prefer, route) : [],
      ])
      for (const [n, answer] of answers.flat().entries()) if (answer) answered.set(left[n]!, answer)
      if (answered.size === wishes.length) return wishes.map(wish => answered.get(wish)!)
      await sleep(Math.min(100 * 1.5 ** tries, 1_500))
    }
  }

  async function insistOn(wishes: readonly Wish[], prefer: number, route: Route): Promise<Answered[]> {
    await Promise.all(wishes.map(wish => journal.write(wish)))
    const answers = await untilAnswered(wishes, prefer, route)
    const replies = wishes.map(({ key: reply }, n) => ({ reply, status: answers[n]!.status, body: answers[n]!.body }))
    await Promise.all(replies.map(reply => journal.write(reply)))
    return answers
  }

  return {
    counts,
    insist: async (wish, { prefer = 0 } = {}) => (await insistOn([wish], prefer, 'alone'))[0]!,
    insistTogether: (orders, { prefer = 0 } = {}) => insistOn(orders, prefer, 'together'),
    async askAgain(order, before, route) {
      const [answer] = await untilAnswered([order], 0, route)
      counts.askedAgain++
      const [then, now] = [before, answer!].map(({ status, body }) => ({ status, body }))
      if (isDeepStrictEqual(then, now)) return
      counts.answeredOtherwise.push(`${order.key}: first ${JSON.stringify(then)}, then ${JSON.stringify(now)}`)
    },
  }
}

const contentOf = ({ customerId, currency, lines }: Pick<OrderWish, 'customerId' | 'currency' | 'lines'>) => ({
  ...{ customerId, currency, lines },
})

function requestOf(wish: Wish): { service: ServiceName; path: string; body: object | undefined } {
  switch (wish.wish) {
    case 'order':
      return { service: 'order', path: '/orders', body: contentOf(wish) }
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
