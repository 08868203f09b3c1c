import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAllSettled } from './at-rest.ts'
import { auditShop, violationsOf } from './invariants.ts'
import { type Acknowledged, type Goods, placeOrders, seedGoods } from './load.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { sagaCommand } from './saga-command.ts'

let shop: RunningShop
let goods: Goods
beforeAll(async () => {
  shop = await runShop('auditing', { environment: { STOCK_RELEASE_DELAY: '500ms', LOG_LEVEL: 'warn' } })
  goods = await seedGoods(shop.client)
}, 120_000)
afterAll(() => shop?.end())

test('audits of a shop in use call nothing a violation, whatever moves while they look', async () => {
  const acknowledged: Acknowledged = new Map()
  let loaded = false
  const load = placeOrders(shop, goods, { orders: 400, together: 50, acknowledged }).finally(() => {
    loaded = true
  })
  const seen = { audits: 0, settled: 0, later: 0, open: 0, movedOn: 0 }
  while (!loaded) {
    // Small pages, so that much happens between the first and the last.
    const audit = await auditShop(shop.pools, { pageSize: 20 })
    expect(violationsOf(audit)).toEqual([])
    seen.audits++
    for (const name of ['settled', 'later', 'open', 'movedOn'] as const) seen[name] += audit.sagas[name]
  }
  await load
  console.log(`audited under load: ${JSON.stringify(seen)}`)
  expect(seen.open).toBeGreaterThan(0)
  expect(seen.settled).toBeGreaterThan(0)

  const { sagas } = await expectAllSettled(shop, { acknowledged })
  expect(sagas).toMatchObject({ settled: acknowledged.size, later: 0, open: 0, movedOn: 0 })
}, 180_000)

test('`saga audit` asks the services the same, and ends with 1 on one row that is wrong', async () => {
  const saga = sagaCommand(shop)
  try {
    const right = await saga('audit', '--at-rest', '--json')
    expect([right.code, right.stderr]).toEqual([0, ''])
    const here = await auditShop(shop.pools, { atRest: true })
    const { before: _, ...asked } = right.json()
    expect({ before: here.before, ...asked }).toEqual(JSON.parse(JSON.stringify(here)))

    const [debit] = await shop.query('balance', 'select order_id from debits where refunded_at is null limit 1')
    await shop.query('balance', 'update debits set refunded_at = now() where order_id = $1', [debit.order_id])
    const wrong = await saga('audit')
    expect(wrong.code).toBe(1)
    expect(wrong.stdout).toMatch(new RegExp(`saga ${debit.order_id} CONFIRMED: refunded EUR: .*balance [1-9]`))
    expect(wrong.stdout).toMatch(/balance, book refunded, /)
    await shop.query('balance', 'update debits set refunded_at = null where order_id = $1', [debit.order_id])
  } finally {
    saga.end()
  }
}, 120_000)
