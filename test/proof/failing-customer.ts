import type { ShopDatabases } from '../e2e/invariants.ts'
import type { Goods } from '../e2e/load.ts'
import { insist, type ShopClient } from '../e2e/shop-client.ts'

/** His deductions throw in a balance service that runs with this environment. */
export const failingCustomer = 'failing'
export const drill = { DEDUCTIONS_FAIL_FOR: failingCustomer }

/** Places his orders, so many at a time; resolves when all are acknowledged. */
export async function placeFailing(client: ShopClient, goods: Goods, o: { orders: number; together: number }) {
  let next = 0
  const worker = async () => {
    while (next < o.orders) {
      const line = { sku: goods.skus[next++ % goods.skus.length]!, quantity: 1 }
      await insist(key => client.placeOrder({ customerId: failingCustomer, lines: [line] }, { key }))
    }
  }
  await Promise.all(Array.from({ length: o.together }, worker))
}

/** How many of them the balance service will try again, and how many it has given up. */
export async function failingOrders({ balance }: Pick<ShopDatabases, 'balance'>) {
  const { rows } = await balance.query(
    `select count(*) filter (where kind = 'retry') as retrying, count(*) filter (where kind = 'dead') as dead from saga.waiting`,
  )
  return rows[0] as { retrying: number; dead: number }
}
