import type { Ending } from './figures/endings.ts'
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
  o: { readonly lost?: number; readonly violations?: readonly string[] } = {},
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
    loaded: { placed, neverSentMs: [], answers: { 'POST /orders 202': placed.length } },
  })
}

/** So many orders, one after the other within the window. */
export const orders = (count: number): TestOrder[] => Array.from({ length: count }, (_, i) => ({ sentMs: i }))
