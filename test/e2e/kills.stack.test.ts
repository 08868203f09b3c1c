import { afterAll, beforeAll, test } from 'vitest'
import { type ServiceName, serviceNames } from '../../infra/shop/topics.ts'
import { expectAllSettled, unsettled } from './at-rest.ts'
import { keepOrdering } from './flowing-orders.ts'
import { type Acknowledged, type Goods, seedGoods } from './load.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { until } from './until.ts'

let shop: RunningShop
let goods: Goods
const acknowledged: Acknowledged = new Map()

beforeAll(async () => {
  shop = await runShop('kills', { environment: { STOCK_RELEASE_DELAY: '1s', LOG_LEVEL: 'warn' } })
  goods = await seedGoods(shop.client)
}, 120_000)
afterAll(() => shop?.end())

/** The first at once, the second when some sagas are through: other instants of other transactions. */
const instants = ['while the first orders come in', 'while some orders have ended and others not'] as const

test.each(serviceNames.map(name => ({ name })))(
  '$name is killed twice with at least 50 sagas unsettled, and loses nothing',
  async ({ name }) => {
    for (const instant of instants) {
      const settledBefore = await settled()
      // Until it is gone: a burst could be through between two looks.
      const flow = keepOrdering(shop, goods, { together: 100, acknowledged })
      const wantedSettled = instant === instants[0] ? 0 : 20
      const standing = async () => ({ settled: (await settled()) - settledBefore, unsettled: await unsettled(shop) })
      const { unsettled: count } = await until(
        'at least 50 sagas are unsettled',
        async () => {
          const now = await standing()
          return now.unsettled >= 50 && now.settled >= wantedSettled && now
        },
        { everyMs: 5, seen: standing },
      )
      await shop.services[name].kill()
      const left = await unsettled(shop)
      console.log(`${name} was killed ${instant}: ${count} sagas were unsettled, ${left} when it was gone`)
      await shop.services[name].start()
      await flow.stop()
      await expectAllSettled(shop, { acknowledged })
    }
    await mailsAreSent()
  },
  180_000,
)

async function settled(): Promise<number> {
  const [row] = await shop.query<{ count: number }>('order', 'select count(*) from orders where settled')
  return row!.count
}

/** Nobody waits for notification, so that a settled order says nothing of it. */
async function mailsAreSent(): Promise<void> {
  const [ended] = await shop.query<{ count: number }>(
    'order',
    `select count(*) filter (where status <> 'CANCELLED') + count(*) filter (where status in ('CANCELLED', 'REFUNDED')) as count from orders`,
  )
  const sent = async (service: ServiceName = 'notification') =>
    (await shop.query<{ count: number }>(service, 'select count(*) from notifications'))[0]!.count
  await until(`${ended!.count} mails are sent`, async () => (await sent()) === ended!.count, { seen: sent })
}
