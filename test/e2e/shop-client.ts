import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServiceName } from '../../infra/shop/topics.ts'
import type { AccountView } from '../../services/balance/src/read-account.ts'
import type { StockView } from '../../services/inventory/src/read-stock.ts'
import type { NotificationsView } from '../../services/notification/src/list-notifications.ts'
import type { OrderView } from '../../services/order/src/read-order.ts'

export interface Line {
  readonly sku: string
  readonly quantity: number
}
export interface Order {
  readonly customerId: string
  readonly currency?: string
  readonly lines: readonly Line[]
}
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: any
}

/** An answer that is not 2xx. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  constructor(asked: string, { status, body }: Answer) {
    super(`${asked}: ${status} ${JSON.stringify(body)}`)
    this.status = status
    this.code = String(body?.code)
  }
}

export interface AskOptions {
  readonly body?: unknown
  readonly key?: string
  readonly timeoutMs?: number
}
export type Method = 'GET' | 'POST' | 'PUT'

/** One request, answered or not. */
export async function ask(url: string, method: Method, path: string, o: AskOptions = {}): Promise<Answer> {
  const headers: Record<string, string> = {}
  if (method === 'POST') headers['idempotency-key'] = o.key ?? randomUUID()
  if (o.body !== undefined) headers['content-type'] = 'application/json'
  const response = await fetch(url + path, {
    ...{ method, headers, signal: AbortSignal.timeout(o.timeoutMs ?? 40_000) },
    ...(o.body !== undefined && { body: JSON.stringify(o.body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

/** The shop's HTTP API with a name for each call; what is not 2xx is thrown as Refused. */
export function shopClient(urls: Readonly<Record<ServiceName, string>>) {
  async function call<T>(service: ServiceName, method: Method, path: string, o?: AskOptions): Promise<T> {
    const answer = await ask(urls[service], method, path, o)
    if (answer.status >= 200 && answer.status < 300) return answer.body as T
    throw new Refused(`${method} ${service} ${path}`, answer)
  }
  return {
    placeOrder: ({ currency = 'EUR', ...order }: Order, o: { key?: string } = {}) =>
      call<{ orderId: string; status: string }>('order', 'POST', '/orders', { ...o, body: { currency, ...order } }),
    order: (orderId: string, o: { waitSeconds?: number } = {}) =>
      call<OrderView>('order', 'GET', `/orders/${orderId}?wait=${o.waitSeconds ?? 0}`),
    cancel: (orderId: string, o: { key?: string } = {}) =>
      call<{ orderId: string; status: string }>('order', 'POST', `/orders/${orderId}/cancel`, o),
    refund: (orderId: string, o: { key?: string } = {}) =>
      call<{ orderId: string; status: string }>('order', 'POST', `/orders/${orderId}/refund`, { ...o, body: {} }),
    setPrice: (sku: string, unitPriceMinor: number, currency = 'EUR') =>
      call('order', 'PUT', `/prices/${sku}`, { body: { unitPriceMinor, currency } }),
    receiveStock: (sku: string, quantity: number, o: { key?: string } = {}) =>
      call('inventory', 'POST', `/stock/${sku}/receipts`, { ...o, body: { quantity } }),
    stock: (sku: string) => call<StockView>('inventory', 'GET', `/stock/${sku}`),
    deposit: (customerId: string, amountMinor: number, o: { key?: string; currency?: string } = {}) => {
      const { currency = 'EUR', ...rest } = o
      return call('balance', 'POST', `/accounts/${customerId}/deposits`, { ...rest, body: { amountMinor, currency } })
    },
    account: (customerId: string) => call<AccountView>('balance', 'GET', `/accounts/${customerId}`),
    setContact: (customerId: string, email = `${customerId}@example.org`) =>
      call('notification', 'PUT', `/contacts/${customerId}`, { body: { email } }),
    notifications: async (orderId: string) =>
      (await call<NotificationsView>('notification', 'GET', `/notifications?orderId=${orderId}`)).notifications,
  }
}
export type ShopClient = ReturnType<typeof shopClient>

/**
 * Sends a request again, under the same key, until it has an answer: what a client does whose service was killed, is
 * busy or stops. Gives up on any other answer, and after `limitMs`.
 */
export async function insist<T>(request: (key: string) => Promise<T>, o: { limitMs?: number } = {}): Promise<T> {
  const key = randomUUID()
  const deadline = performance.now() + (o.limitMs ?? 60_000)
  for (;;) {
    try {
      return await request(key)
    } catch (error) {
      const mayHelp = !(error instanceof Refused) || error.status === 503
      if (!mayHelp || performance.now() > deadline) throw error
      await sleep(100)
    }
  }
}
