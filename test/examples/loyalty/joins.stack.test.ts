import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePorts } from '../../../infra/local/ports.ts'
import { type ServiceProcess, serviceProcess } from '../../../infra/shop/service-process.ts'
import { type RunningShop, runShop } from '../../e2e/running-shop.ts'
import { type SagaCommand, sagaCommand } from '../../e2e/saga-command.ts'
import { settled, stage } from '../../e2e/stage.ts'
import { until } from '../../e2e/until.ts'
import type { Earning } from './states.ts'

let shop: RunningShop
let loyalty: ServiceProcess | undefined
let database: pg.Client | undefined
let saga: SagaCommand | undefined

beforeAll(async () => {
  shop = await runShop('joined')
  saga = sagaCommand(shop)
  const [port, adminPort] = await freePorts(2)
  const { brokers, registryUrl, adminUrl } = shop.ground
  loyalty = serviceProcess({
    ...{ name: 'loyalty', port: port!, folder: join(import.meta.dirname, '../../../.local/e2e', shop.topicPrefix) },
    program: [join(import.meta.dirname, 'beside-the-shop.ts'), adminUrl],
    environment: {
      KAFKA_BROKERS: brokers.join(','),
      SCHEMA_REGISTRY_URL: registryUrl,
      TOPIC_PREFIX: shop.topicPrefix,
      TOPIC_PARTITIONS: String(shop.partitions),
      ADMIN_PORT: String(adminPort),
    },
  })
}, 120_000)
afterAll(async () => {
  saga?.end()
  await database?.end()
  await loyalty?.kill()
  await shop?.end()
})

test('joins a shop that runs, which is neither changed nor started anew', { timeout: 180_000 }, async () => {
  const well = await stage(shop)
  const before = await well.order([{ sku: well.sku, quantity: 2 }])
  await settled(shop, before)

  await loyalty!.start()
  const url = new URL(shop.ground.adminUrl)
  url.pathname = `/${shop.topicPrefix.replace('.', '_')}loyalty`
  database = new pg.Client({ connectionString: url.href })
  await database.connect()
  const earning = (orderId: string, is: (earning: { points: number } & Pick<Earning, 'takenBackAt'>) => boolean) =>
    until(`loyalty knows of ${orderId}`, async () => {
      const { rows } = await database!.query(
        'select points::int, taken_back_at as "takenBackAt" from earnings where order_id = $1',
        [orderId],
      )
      return rows[0] && is(rows[0]) && rows[0]
    })

  // Its topics still held what had happened before it came.
  expect((await earning(before, () => true)).points).toBe(5)
  const after = await well.order([{ sku: well.sku, quantity: 1 }])
  await settled(shop, after)
  await earning(after, ({ points, takenBackAt }) => points === 2 && takenBackAt === null)
  await shop.client.refund(after)
  await earning(after, ({ takenBackAt }) => takenBackAt !== null)

  expect(await saga!('check')).toMatchObject({
    ...{ code: 0, stdout: expect.stringMatching(/^nothing is wrong between .*loyalty/) },
  })
  expect((await saga!('graph')).stdout).toMatch(/order_confirm_order -->\|OrderConfirmed\| loyalty_earn_points/)
  const trace = await until('nothing is awaited from anybody', async () => {
    const told = await saga!('trace', after)
    return told.code === 0 && told.stdout
  })
  expect(trace).toMatch(/loyalty +earn_points +succeeded +OrderConfirmed of order +PointsEarned/)
  expect(trace).toMatch(/loyalty +undo earn_points +succeeded +OrderRefunded of order +PointsTakenBack/)
})
