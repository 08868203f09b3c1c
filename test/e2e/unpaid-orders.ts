import type { ServiceName } from '../../infra/shop/topics.ts'
import { breakRows } from './break-rows.ts'
import type { RunningShop } from './running-shop.ts'
import { stage } from './stage.ts'
import { until } from './until.ts'

export const isDeadIn = async (shop: RunningShop, service: ServiceName, orderId: string) =>
  (await shop.query(service, `select from saga.waiting where saga_id = $1 and kind = 'dead'`, [orderId])).length > 0

export const untilDead = (shop: RunningShop, service: ServiceName, orderId: string, seen?: () => Promise<unknown>) =>
  until(`${orderId} is dead in ${service}`, () => isDeadIn(shop, service, orderId), {
    limitMs: 120_000,
    ...(seen && { seen }),
  })

/** Orders of one customer whose deduction is dead, until it is mended and they are replayed. */
export async function unpaidOrders(shop: RunningShop, count: number) {
  const ill = await stage(shop)
  const mend = await breakRows(shop, 'balance', 'accounts', `new.customer_id = '${ill.customer}'`)
  const orderIds: string[] = []
  for (let i = 0; i < count; i++) orderIds.push(await ill.order([{ sku: ill.sku, quantity: 1 }]))
  for (const orderId of orderIds) await untilDead(shop, 'balance', orderId)
  return { ...ill, mend, orderIds, orderId: orderIds[0]! }
}

/** The id of its letter. */
export const letterOf = (orderId: string) => `${orderId}/reserve_stock/action`
