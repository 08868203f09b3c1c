/**
 * What a thousand failing sagas cost the healthy ones: orders a second and their median time while a thousand are tried
 * again and again, and when they are dead. The reference is a shop of the same kind on the same stack in which nothing fails;
 * the two are measured in turns of a few seconds, so that whatever else the machine does falls on both.
 *
 *   node test/proof/failing-beside-healthy.ts [failing = 1000] [customers = 50] [turns = 6]
 *
 * A figure, not a test: exit code 1 only if what always holds does not.
 */
import { inWords, measureThroughput, type Throughput } from '../e2e/closed-loop.ts'
import { type Goods, seedGoods } from '../e2e/load.ts'
import { type OwnShop, startOwnStack } from '../e2e/own-shop.ts'
import { tellAudit } from '../e2e/tell-audit.ts'
import { until } from '../e2e/until.ts'
import { drill, failingOrders, placeFailing } from './failing-customer.ts'

const [failing = 1_000, customers = 50, turns = 6] = process.argv.slice(2).map(Number)

const stack = await startOwnStack()
try {
  const start = async (name: string, environment: Record<string, string>) => {
    const shop = await stack.startShop(name, { environmentOf: { balance: environment } })
    return { ...shop, goods: await seedGoods(shop.client, { customers, skus: 50 }) }
  }
  const reference = await start('reference', {})
  // The usual delays; more tries than usual, so that they last for a measurement.
  const ill = await start('ill', { ...drill, RETRY_MAX_ATTEMPTS: '9' })
  await compare('nothing failing yet', ill, reference)

  await placeFailing(ill.client, ill.goods, { orders: failing, together: 20 })
  const { retrying } = await until(
    'all of them have failed',
    async () => {
      const counts = await failingOrders(ill.pools)
      return counts.retrying + counts.dead === failing && counts
    },
    { limitMs: 120_000 },
  )
  await compare(`${retrying} retrying`, ill, reference)
  await until('all of them are dead', async () => (await failingOrders(ill.pools)).dead === failing, {
    limitMs: 900_000,
  })
  await compare(`${failing} dead`, ill, reference)
  if (!(await tellAudit(ill.pools))) process.exitCode = 1
} finally {
  await stack.end()
}

type Measured = Pick<OwnShop, 'client'> & { readonly goods: Goods }

async function compare(what: string, ill: Measured, reference: Measured): Promise<void> {
  const measured: { ill: Throughput[]; reference: Throughput[] } = { ill: [], reference: [] }
  for (let turn = 0; turn < turns; turn++)
    for (const [name, shop] of Object.entries({ reference, ill }))
      measured[name as keyof typeof measured].push(
        await measureThroughput(shop.client, shop.goods, { seconds: 4, warmUpMs: 1_000 }),
      )
  const [with_, without] = [meanOf(measured.ill), meanOf(measured.reference)]
  const orders = (with_.ordersPerSecond / without.ordersPerSecond).toFixed(2)
  const median = (with_.p50Ms / without.p50Ms).toFixed(2)
  console.log(`${what}: ${orders} of the orders, ${median} of the time`)
  console.log(`  ${inWords(with_)}\n  reference: ${inWords(without)}`)
}

function meanOf(all: readonly Throughput[]): Throughput {
  const mean = (name: keyof Throughput) => all.reduce((sum, one) => sum + one[name], 0) / all.length
  return {
    ordersPerSecond: mean('ordersPerSecond'),
    p50Ms: Math.round(mean('p50Ms')),
    p95Ms: Math.round(mean('p95Ms')),
  }
}
