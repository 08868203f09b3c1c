import type { Ending } from './figures/endings.ts'
import type { Arrival } from './load/plan.ts'
import { type Look, type Run, runOf } from './run.ts'

/** An order of a test: sent so long after the window opened, settled so much later. */
export interface TestOrder {
  readonly sentMs: number
  readonly tookMs?: number
  readonly status?: string
}

const opensMs = 1_000_000
const windowMs = 10_000

const look = (atMs: number, counted: number): Look => ({
  ...{ atMs, cpu: { order: counted, load: counted }, machineCpuMicros: 2 * counted },
  database: { walBytes: counted, walSyncs: counted, transactions: counted },
  batches: { 'order http': { messages: counted, transactions: counted / 2 } },
})

/** The run of ten seconds in which these orders were taken; those that are `lost` as well, but they are not in the database. */
export function runWith(
  orders: readonly TestOrder[],
  o: {
    readonly lost?: number
    readonly violations?: readonly string[]
    readonly loop?: Arrival['loop']
    /** Orders that were not taken, by when they should have been sent after the window opened. */
    readonly refusedMs?: readonly number[]
  } = {},
): Run {
  const lost = Array.from({ length: o.lost ?? 0 }, () => ({ sentMs: 0 }))
  const placed = [...orders, ...lost].map(({ sentMs }, i) => ({
    ...{ orderId: `order-${i}`, intendedMs: opensMs + sentMs, wish: 'confirmed' as const },
  }))
  const endings = new Map<string, Ending>(
    orders.map(({ sentMs, tookMs = 100, status = 'CONFIRMED' }, i) => [
      `order-${i}`,
      { status, atMs: opensMs + sentMs + tookMs },
    ]),
  )
  return runOf({
    ...{ before: look(opensMs, 0), after: look(opensMs + windowMs, 1_000), endings, violations: o.violations ?? [] },
    loop: o.loop ?? 'closed',
    loaded: {
      ...{ placed, answers: { 'POST /orders 202': placed.length } },
      refusedMs: (o.refusedMs ?? []).map(ms => opensMs + ms),
    },
  })
}

/** So many orders, one after the other within the window. */
export const orders = (count: number): TestOrder[] => Array.from({ length: count }, (_, i) => ({ sentMs: i }))
