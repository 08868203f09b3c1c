import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { expectAllSettled } from '../e2e/at-rest.ts'
import { keepOrdering } from '../e2e/flowing-orders.ts'
import { type Acknowledged, type Goods, seedGoods } from '../e2e/load.ts'
import { sum } from '../e2e/metrics.ts'
import { type RunningShop, runShop } from '../e2e/running-shop.ts'
import { ask, insist } from '../e2e/shop-client.ts'
import { until } from '../e2e/until.ts'
import { startPostgres } from '../faults/own-postgres.ts'
import { mountSmallDisk, type SmallDisk } from '../faults/small-disk.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

test('a service whose PostgreSQL has no disk left waits, counts nothing, loses nothing, and goes on', async ({
  skip,
}) => {
  const disk = mounted(skip)
  const own = await startPostgres(disk.folder)
  ends.push(() => own.destroy())
  const shop = await runShop('fulldisk', {
    adminUrlOf: { balance: own.adminUrl },
    environment: { LOG_LEVEL: 'warn', STOCK_RELEASE_DELAY: '500ms' },
  })
  ends.push(() => shop.end())
  const goods = await seedGoods(shop.client)
  const acknowledged: Acknowledged = new Map()
  const { pid } = shop.services.balance

  // No page of a table can be added.
  const paidIn = keepPayingIn(shop)
  let orders = keepOrdering(shop, goods, { together: 10, acknowledged })
  await until('orders flow', () => acknowledged.size >= 20)
  disk.fill()
  await waits(shop)
  await ordersAreTaken(shop, goods, acknowledged)
  disk.free()
  await orders.stop()
  await expectAllSettled(shop, { acknowledged })

  // No segment of the write-ahead log can be begun: PostgreSQL panics.
  orders = keepOrdering(shop, goods, { together: 10, acknowledged })
  await until('orders flow', () => acknowledged.size >= 60)
  disk.fill()
  await until('PostgreSQL is down', () => canNotEvenSwitchLogs(own.adminUrl), { everyMs: 100 })
  await waits(shop)
  await ordersAreTaken(shop, goods, acknowledged)
  disk.free()
  const isBack = await until('it comes back by itself', () => answers(own.adminUrl), { limitMs: 10_000 }).catch(
    () => false,
  )
  console.log(`PostgreSQL, out of disk for its log, ${isBack ? 'came back by itself' : 'had to be started again'}`)
  if (!isBack) await own.database.restart()
  await orders.stop()
  await expectAllSettled(shop, { acknowledged })

  const acknowledgedMinor = await paidIn.stop()
  expect(await shop.client.account(payer)).toMatchObject({ depositedMinor: acknowledgedMinor })
  const samples = await shop.metrics('balance')
  expect(sum(samples, 'saga_paused')).toBe(0)
  expect(sum(samples, 'saga_retries_total')).toBe(0)
  for (const outcome of ['failed', 'dead']) expect(sum(samples, 'saga_steps_total', { outcome })).toBe(0)
  expect(await shop.query('balance', 'select max(attempts) as most from saga.saga_log')).toEqual([{ most: 1 }])
  expect(shop.services.balance.pid).toBe(pid)
}, 240_000)

/** Skips the test where this process may not mount one. */
function mounted(skip: (reason: string) => never): SmallDisk {
  try {
    const disk = mountSmallDisk(250)
    ends.push(() => disk.unmount())
    return disk
  } catch (error) {
    return skip((error as Error).message)
  }
}

const payer = 'payer'
/** One deposit after another, each until it is acknowledged; `stop` gives how much that was. */
function keepPayingIn(shop: RunningShop): { stop(): Promise<number> } {
  const stopping = new AbortController()
  const paying = (async () => {
    let acknowledgedMinor = 0
    for (let amountMinor = 1; !stopping.signal.aborted; amountMinor++) {
      await insist(key => shop.client.deposit(payer, amountMinor, { key }))
      acknowledgedMinor += amountMinor
    }
    return acknowledgedMinor
  })()
  paying.catch(() => undefined)
  return {
    stop() {
      stopping.abort()
      return paying
    },
  }
}

/** The service says so at its metrics, and to whoever asks for something. */
async function waits(shop: RunningShop): Promise<void> {
  const { url } = shop.services.balance
  const body = { amountMinor: 1, currency: 'EUR' }
  const refused = await until('it answers 503', async () => {
    const answer = await ask(url, 'POST', '/accounts/somebody/deposits', { body })
    return answer.status === 503 && answer
  })
  expect(refused.body).toMatchObject({ code: 'database-unavailable' })
  expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
  await until(
    'it says that it is paused',
    async () => sum(await shop.metrics('balance'), 'saga_paused', { cause: 'database' }) === 1,
  )
  expect((await ask(url, 'GET', '/livez')).status).toBe(200)
}

/** The others go on as far as they can without it. */
async function ordersAreTaken(shop: RunningShop, goods: Goods, acknowledged: Acknowledged): Promise<void> {
  const [customerId, sku] = [goods.rich[0]!, goods.skus[0]!]
  const { orderId } = await shop.client.placeOrder({ customerId, lines: [{ sku, quantity: 1 }] })
  acknowledged.set(orderId, 'plain')
}

async function canNotEvenSwitchLogs(adminUrl: string): Promise<boolean> {
  return !(await answers(adminUrl, 'select pg_switch_wal()'))
}
async function answers(adminUrl: string, text = 'select 1'): Promise<boolean> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(text)
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}
