import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ServiceProcess } from '../../infra/shop/service-process.ts'
import { type ServiceName, serviceNames } from '../../infra/shop/topics.ts'
import { expectAllSettled, unsettled } from './at-rest.ts'
import { membersOf } from './group.ts'
import { type Acknowledged, type Goods, placeOrders, seedGoods } from './load.ts'
import { sum } from './metrics.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { insist } from './shop-client.ts'
import { until } from './until.ts'

let shop: RunningShop
let goods: Goods
const second = {} as Record<ServiceName, ServiceProcess>
const acknowledged: Acknowledged = new Map()

beforeAll(async () => {
  shop = await runShop('instances', { environment: { STOCK_RELEASE_DELAY: '500ms', LOG_LEVEL: 'warn' } })
  goods = await seedGoods(shop.client)
}, 120_000)
afterAll(() => shop?.end())

describe('two instances of each service', () => {
  test('share a load of all kinds of orders, and what always holds does', async () => {
    await Promise.all(
      serviceNames.map(async service => {
        second[service] = await shop.another(service)
        await second[service].start()
        await until(`${service} has two members`, async () => (await membersOf(shop, service)) === 2)
      }),
    )
    // Those that were there first gave some of their partitions away: none of them is without.
    await untilAllServe()
    const before = await countSteps()
    await placeOrders(shop, goods, { orders: 300, together: 50, acknowledged })
    await expectAllSettled(shop, { acknowledged })

    const after = await countSteps()
    const handled = Object.fromEntries(Object.entries(after).map(([name, steps]) => [name, steps - before[name]!]))
    console.log(`steps handled by instance: ${JSON.stringify(handled)}`)
    for (const [name, steps] of Object.entries(handled)) expect(steps, `steps of ${name}`).toBeGreaterThan(0)
  }, 120_000)

  test.each(serviceNames.map(name => ({ name })))(
    'SIGTERM to one of $name under load: exit code 0, out of the group at once, nothing lost',
    async ({ name }) => {
      const load = placeOrders(shop, goods, { orders: 100, together: 50, acknowledged })
      await until('sagas are under way', async () => (await unsettled(shop)) >= 20, { everyMs: 5 })
      // The client's own instance of order keeps its door open: the other one goes.
      expect(await second[name].stop()).toBe(0)
      expect(await membersOf(shop, name)).toBe(1)
      await load
      await expectAllSettled(shop, { acknowledged })
    },
    60_000,
  )

  test('SIGTERM to the only instances, all at once and under load: what was answered is there, the rest can be asked again', async () => {
    const load = placeOrders(shop, goods, { orders: 150, together: 50, acknowledged })
    await until('sagas are under way', async () => (await unsettled(shop)) >= 20, { everyMs: 5 })
    const codes = await Promise.all(serviceNames.map(name => shop.services[name].stop()))
    expect(codes).toEqual([0, 0, 0, 0])
    for (const name of serviceNames) expect(await membersOf(shop, name), name).toBe(0)
    // A stop publishes what it has committed, so that nothing waits in an outbox for the next start.
    const left = await Promise.all(
      serviceNames.map(name => shop.query(name, 'select count(*) from saga.outbox where deferred')),
    )
    expect(left.map(([row]) => row.count)).toEqual([0, 0, 0, 0])
    await shop.start()
    await load
    await expectAllSettled(shop, { acknowledged })
  }, 120_000)
})

async function countSteps(): Promise<Record<string, number>> {
  const instances = serviceNames.flatMap(name => [
    [`${name} 1`, shop.services[name]] as const,
    [`${name} 2`, second[name]] as const,
  ])
  const counted = instances.map(async ([name, instance]) => [
    name,
    sum(await shop.metrics(instance), 'saga_steps_total'),
  ])
  return Object.fromEntries(await Promise.all(counted))
}

/** An order goes through all services: by the hash of its id, some to each instance. */
async function untilAllServe(): Promise<void> {
  const { orderId } = await insist(key =>
    shop.client.placeOrder({ customerId: goods.rich[0]!, lines: [{ sku: goods.skus[0]!, quantity: 1 }] }, { key }),
  )
  await until('an order goes through', async () => (await shop.client.order(orderId, { waitSeconds: 5 })).settled)
}
