import { expect } from 'vitest'
import type { AuditReport } from '../../shared/src/core/audit/audit-over.ts'
import { auditShop, violationsOf } from './invariants.ts'
import type { Acknowledged } from './load.ts'
import type { RunningShop } from './running-shop.ts'
import { until } from './until.ts'

/** Orders that still owe or are owed something, as the order service's database says. */
export async function unsettled(shop: RunningShop): Promise<number> {
  const [row] = await shop.query<{ count: number }>('order', 'select count(*) from orders where not settled')
  return row!.count
}

/**
 * Waits until every order is settled, nothing is unfinished and everything is published; then asserts that what always
 * holds does, and that every order that was answered 202 is there.
 */
export async function expectAllSettled(
  shop: RunningShop,
  o: { acknowledged?: Acknowledged; limitMs?: number } = {},
): Promise<AuditReport> {
  const { acknowledged, limitMs = 60_000 } = o
  await until('all orders are settled', async () => (await unsettled(shop)) === 0, {
    ...{ limitMs, everyMs: 200 },
    seen: () => stragglers(shop),
  })
  let audit = await auditShop(shop.pools, { atRest: true })
  await until(
    'nothing is unfinished or unpublished any more',
    async () => {
      audit = await auditShop(shop.pools, { atRest: true })
      // Mails are still under way when the last order is settled; what else is wrong stays so.
      return audit.violations.every(({ kind }) => !awaited.has(kind))
    },
    { limitMs: 30_000, everyMs: 200, seen: () => violationsOf(audit) },
  )
  expect(violationsOf(audit)).toEqual([])
  if (acknowledged) {
    const ids = [...acknowledged.keys()]
    const found = await shop.query('order', 'select order_id from orders where order_id = any($1)', [ids])
    expect(found.length, 'orders that were answered 202 and exist').toBe(ids.length)
  }
  return audit
}

const awaited = new Set(['not-settled', 'unfinished', 'unpublished'])

/** For the message of a failure: the orders that are not settled, with all that the services say of one of them. */
async function stragglers(shop: RunningShop) {
  const orders = await shop.query(
    'order',
    `select order_id, status, reason, stock_committed_at, stock_released_at, stock_returned_at, cancellation_refund_minor,
       requested_refund_minor from orders where not settled order by order_id limit 3`,
  )
  const [first] = orders
  if (!first) return 'all are settled'
  const logs = await Promise.all(
    (['order', 'inventory', 'balance'] as const).map(async service => [
      service,
      await shop.query(
        service,
        'select operation, status, error_code from saga.saga_log where saga_id = $1 order by created_at',
        [first.order_id],
      ),
      await shop.query(service, 'select kind, message_id, due_at from saga.waiting where saga_id = $1', [
        first.order_id,
      ]),
    ]),
  )
  return { unsettled: await unsettled(shop), orders, logs }
}
