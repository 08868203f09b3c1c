import { randomBytes } from 'node:crypto'
import type { ServiceName } from '../../infra/shop/topics.ts'
import type { RunningShop } from './running-shop.ts'

/**
 * Makes a service fail at rows of a table, as a bug would that meets some data only: its database refuses them.
 * @param condition over `new`, like `new.customer_id = 'ann'`
 * @returns mends it
 */
export async function breakRows(
  shop: Pick<RunningShop, 'query'>,
  service: ServiceName,
  table: string,
  condition: string,
): Promise<() => Promise<void>> {
  const name = `refuse_${randomBytes(4).toString('hex')}`
  await shop.query(
    service,
    `create function ${name}() returns trigger language plpgsql as $$ begin raise exception 'broken for the test'; end $$`,
  )
  await shop.query(
    service,
    `create trigger ${name} before insert or update on ${table} for each row when (${condition}) execute function ${name}()`,
  )
  return async () => {
    await shop.query(service, `drop function ${name} cascade`)
  }
}
