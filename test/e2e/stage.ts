import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { expect } from 'vitest'
import type { ServiceName } from '../../infra/shop/topics.ts'
import type { OrderView } from '../../services/order/src/read-order.ts'
import type { RunningShop } from './running-shop.ts'
import { Refused } from './shop-client.ts'
import { until } from './until.ts'

export const unique = (what: string) => `${what}-${randomBytes(5).toString('hex')}`
export const priceMinor = 250

interface StageOptions {
  readonly depositMinor?: number
  readonly currency?: string
  readonly pieces?: number
  readonly contact?: boolean
}

/** A customer with money, and a sku that costs 2.50 with some pieces, both nobody else's. */
export async function stage({ client }: RunningShop, o: StageOptions = {}) {
  const { depositMinor = 10_000, currency = 'EUR', pieces = 10, contact = true } = o
  const customer = unique('customer')
  const sku = unique('sku')
  await Promise.all([
    client.setPrice(sku, priceMinor),
    client.receiveStock(sku, pieces),
    depositMinor > 0 && client.deposit(customer, depositMinor, { currency }),
    contact && client.setContact(customer),
  ])
  return {
    customer,
    sku,
    order: async (lines: readonly { sku: string; quantity: number }[]) => {
      const { orderId, status } = await client.placeOrder({ customerId: customer, lines })
      expect(status).toBe('PENDING')
      return orderId
    },
    expectStock: (piles: object) => reaches(() => client.stock(sku), piles),
    expectMoney: (sums: object) => reaches(() => client.account(customer), sums),
    expectMails: (orderId: string, ...templates: string[]) =>
      reaches(async () => (await client.notifications(orderId)).map(mail => mail.template), templates),
  }
}

/** What another service shows may come after the order is settled. */
async function reaches<T>(look: () => Promise<T>, expected: object): Promise<T> {
  let seen: T | undefined
  await until(
    `it becomes ${JSON.stringify(expected)}`,
    async () => {
      seen = await look()
      return matches(seen, expected)
    },
    { limitMs: 20_000, seen: () => seen },
  )
  return seen!
}
function matches(seen: unknown, expected: object): boolean {
  try {
    expect(seen).toMatchObject(expected)
    return true
  } catch {
    return false
  }
}

export async function settled({ client }: RunningShop, orderId: string): Promise<OrderView> {
  return until(
    `order ${orderId} is settled`,
    async () => {
      const order = await client.order(orderId, { waitSeconds: 5 }).catch(error => {
        if (error instanceof Refused && error.status !== 503) throw error
      })
      return order?.settled && order
    },
    { limitMs: 60_000, seen: () => client.order(orderId) },
  )
}

export async function reservationOf(shop: RunningShop, orderId: string): Promise<string | undefined> {
  const [row] = await shop.query('inventory', 'select status from reservations where order_id = $1', [orderId])
  return row?.status
}

/** The code of a step that did not do its work; null when it did, undefined while it has not ended. */
export async function codeOf(shop: RunningShop, service: ServiceName, orderId: string, step: string) {
  const [row] = await shop.query<{ error_code: string | null }>(
    service,
    `select error_code from saga.saga_log where saga_id = $1 and step = $2 and direction = 'action'
     and status in ('succeeded', 'rejected', 'refused', 'skipped')`,
    [orderId, step],
  )
  return row?.error_code
}

/** Takes the row that orders the saga in a service, as its engine would, and keeps it until told otherwise. */
export async function lockSaga(shop: RunningShop, service: ServiceName, sagaId: string) {
  const holder = new pg.Client({ connectionString: shop.databases[service] })
  await holder.connect()
  await holder.query('begin')
  await holder.query('select from saga.sagas where saga_id = $1 for update', [sagaId])
  return {
    waitedFor: () =>
      until('a transaction of the service waits for the saga', async () => {
        const waiting = await shop.query(
          service,
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
        return waiting.length > 0
      }),
    release: async () => {
      await holder.query('rollback')
      await holder.end()
    },
  }
}
