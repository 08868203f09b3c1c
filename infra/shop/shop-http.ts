import { setTimeout as sleep } from 'node:timers/promises'
import type { ServiceName } from './topics.ts'

export interface OrderView {
  readonly orderId: string
  readonly status: string
  readonly reason: string | null
  readonly settled: boolean
}
export interface StockView {
  readonly onHand: number
  readonly reserved: number
  readonly sold: number
}
export interface AccountView {
  readonly balanceMinor: number
}

/** What is answered 503 is sent again, with the same Idempotency-Key, so many times. */
const mostTries = 20

/** The shop as its clients see it. Every POST has a key, so that sending one twice does one thing. */
export function shopHttp(services: Readonly<Record<ServiceName, { readonly url: string }>>, signal: AbortSignal) {
  const { order, inventory, balance, notification } = services
  async function call<T>(
    method: 'GET' | 'POST' | 'PUT',
    target: string,
    o: { key?: string; body?: object } = {},
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      const path = `${method} ${new URL(target).pathname}`
      const response = await fetch(target, {
        method,
        headers: { ...(o.key && { 'idempotency-key': o.key }), ...(o.body && { 'content-type': 'application/json' }) },
        ...(o.body && { body: JSON.stringify(o.body) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(40_000)]),
      }).catch((error: Error) => {
        throw new Error(`${path} was not answered: ${(error.cause as Error | undefined)?.message ?? error.message}`)
      })
      const text = await response.text()
      if (response.ok) return JSON.parse(text) as T
      if (response.status !== 503 || tries === mostTries)
        throw new Error(`${path} answered ${response.status}: ${problemOf(text)}`)
      await sleep(500, undefined, { signal })
    }
  }

  return {
    setPrice: (sku: string, unitPriceMinor: number) =>
      call('PUT', `${order.url}/prices/${sku}`, { body: { unitPriceMinor, currency: 'EUR' } }),
    receive: (sku: string, quantity: number) =>
      call('POST', `${inventory.url}/stock/${sku}/receipts`, { key: `seed-${sku}`, body: { quantity } }),
    deposit: (customerId: string, amountMinor: number) =>
      call('POST', `${balance.url}/accounts/${customerId}/deposits`, {
        key: `seed-${customerId}`,
        body: { amountMinor, currency: 'EUR' },
      }),
    setContact: (customerId: string) =>
      call('PUT', `${notification.url}/contacts/${customerId}`, { body: { email: `${customerId}@example.org` } }),
    place: (key: string, customerId: string, lines: readonly { sku: string; quantity: number }[]) =>
      call<{ orderId: string }>('POST', `${order.url}/orders`, { key, body: { customerId, currency: 'EUR', lines } }),
    cancel: (orderId: string) => call('POST', `${order.url}/orders/${orderId}/cancel`, { key: `cancel-${orderId}` }),
    refund: (orderId: string, reason: string) =>
      call('POST', `${order.url}/orders/${orderId}/refund`, {
        key: `refund-${orderId}`,
        body: { reason },
      }),
    order: (orderId: string, waitSeconds = 0) =>
      call<OrderView>('GET', `${order.url}/orders/${orderId}?wait=${waitSeconds}`),
    stock: (sku: string) => call<StockView>('GET', `${inventory.url}/stock/${sku}`),
    account: (customerId: string) => call<AccountView>('GET', `${balance.url}/accounts/${customerId}`),
    mails: async (orderId: string) => {
      const { notifications } = await call<{ notifications: { template: string }[] }>(
        'GET',
        `${notification.url}/notifications?orderId=${orderId}`,
      )
      return notifications.map(({ template }) => template)
    },
    /** A counter of inventory: how often it has undone a reservation. */
    async reservationsUndone(): Promise<number> {
      const response = await fetch(`${inventory.url}/metrics`, { signal })
      const labels = ['step="reserve_stock"', 'direction="compensation"', 'outcome="succeeded"']
      const line = (await response.text())
        .split('\n')
        .find(line => line.startsWith('saga_steps_total{') && labels.every(label => line.includes(label)))
      return Number(line?.split(' ').at(-1) ?? 0)
    },
  }
}
export type ShopHttp = ReturnType<typeof shopHttp>

function problemOf(text: string): string {
  try {
    const { code, detail } = JSON.parse(text) as { code?: string; detail?: string }
    return [code, detail].filter(Boolean).join(', ')
  } catch {
    return text.slice(0, 200)
  }
}
