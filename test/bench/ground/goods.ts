import { insist, type ShopClient } from '../../e2e/shop-client.ts'

/** What is sold to whom. */
export interface Goods {
  readonly skus: readonly string[]
  readonly customers: readonly string[]
  /** One piece of it is there. */
  readonly scarce: string
  /** One cent. */
  readonly poor: string
}

const count = 1_000
const together = 32
const names = (what: string) => Array.from({ length: count }, (_, i) => `${what}-${i}`)

/** A thousand skus and customers, with more pieces and money than any load uses up. */
export const goods: Goods = { skus: names('sku'), customers: names('customer'), scarce: 'scarce', poor: 'poor' }

export async function stockUp(client: ShopClient): Promise<void> {
  const { skus, customers, scarce, poor } = goods
  const requests = [
    ...[...skus, scarce].map(sku => () => insist(() => client.setPrice(sku, 100))),
    ...skus.map(sku => () => insist(key => client.receiveStock(sku, 1_000_000_000, { key }))),
    ...customers.map(customer => () => insist(key => client.deposit(customer, 1_000_000_000_000, { key }))),
    ...[...customers, poor].map(customer => () => insist(() => client.setContact(customer))),
    () => insist(key => client.receiveStock(scarce, 1, { key })),
    () => insist(key => client.deposit(poor, 1, { key })),
  ]
  await Promise.all(
    Array.from({ length: together }, async () => {
      for (let request = requests.pop(); request; request = requests.pop()) await request()
    }),
  )
}
