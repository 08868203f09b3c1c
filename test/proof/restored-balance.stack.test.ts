import { afterAll, beforeAll, expect, test } from 'vitest'
import { serviceNames } from '../../infra/shop/topics.ts'
import { expectAllSettled, unsettled } from '../e2e/at-rest.ts'
import { untilConsumed } from '../e2e/consumed.ts'
import { auditShop } from '../e2e/invariants.ts'
import { type Acknowledged, type Goods, placeOrders, seedGoods } from '../e2e/load.ts'
import { type RunningShop, runShop } from '../e2e/running-shop.ts'
import { until } from '../e2e/until.ts'
import { catchUp, copyUnderLoad, instead, loseToCopy, named, outboxRows } from './older-copy.ts'
import { rewind } from './rewind.ts'

let shop: RunningShop
let goods: Goods
const acknowledged: Acknowledged = new Map()

beforeAll(async () => {
  shop = await runShop('oldbalance', { environment: { STOCK_RELEASE_DELAY: '500ms', LOG_LEVEL: 'warn' } })
  goods = await seedGoods(shop.client)
}, 120_000)
afterAll(() => shop?.end())

test('balance, restored from an older copy, forgets deductions; set back by the runbook it makes them again', async () => {
  const since = await copyUnderLoad(shop, 'balance', goods, acknowledged)
  // A customer who came after the copy: whoever made the payment has the record, and nobody else.
  const deposits = ['late-a', 'late-b'].map(customer => ({
    customer,
    key: `paid-in-by-${customer}`,
    amountMinor: 5_000,
  }))
  const payIn = () =>
    Promise.all(deposits.map(({ customer, amountMinor, key }) => shop.client.deposit(customer, amountMinor, { key })))
  await payIn()
  const late = { ...goods, rich: deposits.map(({ customer }) => customer) }
  await Promise.all(late.rich.map(customer => shop.client.setContact(customer)))
  await placeOrders(shop, late, { orders: 10, together: 5, acknowledged })
  await placeOrders(shop, goods, { orders: 80, together: 20, acknowledged })
  await expectAllSettled(shop, { acknowledged })
  const [debits, accounts, skipped] = [await debitsNow(), await accountsNow(), await skippedDeductions()]

  await loseToCopy(shop, 'balance')
  const forgotten = changed(debits, await debitsNow())
  console.log(
    `forgotten: ${forgotten.length} of ${acknowledged.size} orders; ${await outboxRows(shop, 'balance')} events that had left`,
  )
  expect(forgotten.length).toBeGreaterThan(50)
  expect(await named(shop)).toEqual({ disagree: forgotten, unknown: [], other: [] })

  await instead(shop, 'balance', { environment: { INTAKE: 'none' } }, payIn)
  await rewind(shop, 'balance', since)
  await catchUp(shop, 'balance', ['inventory.events.v1'])
  await shop.services.balance.start()
  await untilConsumed(shop, serviceNames)
  await until('its old events have left again', async () => (await outboxRows(shop, 'balance')) === 0)

  // Every account has what it had. What the audit still names was cancelled before it was paid, and is paid and paid back now.
  expect(await accountsNow()).toEqual(accounts)
  const after = await debitsNow()
  const overAndBack = [...skipped].filter(orderId => after.has(orderId) && !debits.has(orderId)).toSorted()
  expect(changed(debits, after)).toEqual(overAndBack)
  for (const orderId of overAndBack) expect(after.get(orderId), orderId).toMatch(/ refunded$/)
  expect(await named(shop)).toEqual({ disagree: overAndBack, unknown: [], other: [] })
  console.log(`paid and paid back only now: ${overAndBack.length}`)

  expect(await unsettled(shop)).toBe(0)
  const more: Acknowledged = new Map()
  await placeOrders(shop, goods, { orders: 40, together: 20, acknowledged: more })
  await until('orders end as ever', async () => (await unsettled(shop)) === 0)
  expect(await named(shop)).toEqual({ disagree: overAndBack, unknown: [], other: [] })
  const { backlog } = await auditShop(shop.pools)
  for (const service of serviceNames) expect(backlog[service], service).toMatchObject({ openLetters: 0 })
}, 300_000)

/** By order, what was paid and whether it was paid back. */
async function debitsNow(): Promise<Map<string, string>> {
  const rows = await shop.query('balance', 'select order_id, amount_minor, refunded_at from debits')
  return new Map(rows.map(row => [row.order_id, `${row.amount_minor}${row.refunded_at ? ' refunded' : ''}`]))
}
const accountsNow = () => shop.query('balance', 'select customer_id, balance_minor from accounts order by customer_id')

/** Orders whose cancellation came before their deduction. */
async function skippedDeductions(): Promise<Set<string>> {
  const rows = await shop.query(
    'balance',
    `select saga_id from saga.saga_log where step = 'deduct_balance' and direction = 'action' and status = 'skipped'`,
  )
  return new Set(rows.map(row => row.saga_id))
}

function changed(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const ids = new Set([...before.keys(), ...after.keys()])
  return [...ids].filter(id => before.get(id) !== after.get(id)).toSorted()
}
