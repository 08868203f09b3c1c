import { firstSagaIdAt } from '../../shared/src/core/ids.ts'
import { auditShop, type ShopDatabases, violationsOf } from '../e2e/invariants.ts'
import { until } from '../e2e/until.ts'

/** What ends by itself after the last order is settled: mails, and events that are about to leave. */
const passing = new Set(['not-settled', 'unfinished', 'unpublished'])

/**
 * Waits until every order since then is settled, and asks what always holds of the sagas since then and of all books.
 * Gives the violations.
 */
export async function violationsAtRest(pools: ShopDatabases, since: Date, limitMs = 180_000): Promise<string[]> {
  const open = async () => {
    const { rows } = await pools.order.query<{ count: number }>(
      'select count(*)::int as count from orders where order_id >= $1 and not settled',
      [firstSagaIdAt(since.getTime())],
    )
    return rows[0]!.count
  }
  await until('all orders are settled', async () => (await open()) === 0, { limitMs, everyMs: 100, seen: open })
  const audit = await until(
    'nothing is unfinished or unpublished',
    async () => {
      const audit = await auditShop(pools, { atRest: true, since })
      return audit.violations.every(({ kind }) => !passing.has(kind)) && audit
    },
    { limitMs, everyMs: 200 },
  )
  return violationsOf(audit)
}
