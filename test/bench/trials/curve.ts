import { setTimeout as sleep } from 'node:timers/promises'
import { firstSagaIdAt } from '../../../shared/src/core/ids.ts'
import { metricsOf } from '../../e2e/metrics.ts'
import { residentBytes } from '../figures/memory.ts'
import type { BenchShop } from '../ground/shop.ts'
import { tableOf } from '../table.ts'

/** What stood there at one moment. */
export interface Point {
  readonly seconds: number
  /** Orders that were answered 202, and of these those that are settled. */
  readonly placed: number
  readonly settled: number
  /** Requests that were answered 503 at the door. */
  readonly turnedAway: number
  readonly residentBytes: Readonly<Record<string, number>>
}

export interface Curve {
  readonly points: readonly Point[]
  /** Resolves with the moment, in seconds, at which everything was settled. */
  settled(): Promise<number>
  stop(): Promise<void>
}

const everyMs = 1_000

/** Looks at a shop once a second, until it is stopped. */
export function watch(shop: BenchShop): Curve {
  const stopping = new AbortController()
  const beganMs = performance.now()
  const since = firstSagaIdAt(Date.now())
  const points: Point[] = []

  async function look(): Promise<Point> {
    const seconds = (performance.now() - beganMs) / 1_000
    const memory = Object.fromEntries(shop.processes().map(({ name, id }) => [name, residentBytes(id)]))
    const [counts, turnedAway] = await Promise.all([
      shop.orders.query<{ placed: number; settled: number }>(
        `select count(*)::int as placed, count(*) filter (where settled)::int as settled from orders where order_id >= $1`,
        [since],
      ),
      turnedAwayBy(shop),
    ])
    return { seconds, ...counts.rows[0]!, turnedAway, residentBytes: memory }
  }
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      points.push(await look())
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return {
    points,
    async settled() {
      for (;;) {
        const { seconds, placed, settled } = await look()
        if (placed === settled) return seconds
        await sleep(100)
      }
    },
    async stop() {
      stopping.abort()
      await looking
    },
  }
}

async function turnedAwayBy({ instances }: BenchShop): Promise<number> {
  const metrics = await Promise.all(instances.order.map(({ url }) => metricsOf(url)))
  return metrics
    .flat()
    .filter(({ name }) => name === 'saga_turned_away_total')
    .reduce((sum, { value }) => sum + value, 0)
}

export function curveTable(points: readonly Point[]): string {
  const services = Object.keys(points[0]?.residentBytes ?? {})
  const megabytes = (bytes: number) => (bytes / 1_048_576).toFixed(0)
  return tableOf([
    ['second', 'placed/s', 'settled/s', '503/s', 'under way', ...services.map(name => `${name} MB`)],
    ...points.slice(1).map((point, i) => {
      const before = points[i]!
      const perSecond = (count: (point: Point) => number) =>
        ((count(point) - count(before)) / (point.seconds - before.seconds)).toFixed(0)
      return [
        ...[
          point.seconds.toFixed(0),
          perSecond(p => p.placed),
          perSecond(p => p.settled),
          perSecond(p => p.turnedAway),
        ],
        String(point.placed - point.settled),
        ...services.map(name => megabytes(point.residentBytes[name] ?? 0)),
      ]
    }),
  ])
}
