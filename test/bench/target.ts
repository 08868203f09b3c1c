import type { Pool } from 'pg'
import type { ProcessId } from '../../infra/local/process-table.ts'
import type { BatchCounts } from './figures/batches.ts'
import type { Goods } from './ground/goods.ts'
import type { Door } from './load/plan.ts'

/** What is measured: the shop, or one of its peers. */
export interface Target {
  readonly goods: Goods
  readonly door: Door
  readonly orderUrls: readonly string[]
  /** It has a table `orders` with order_id (UUIDv7), status and settled. */
  readonly orders: Pool
  readonly ordersUrl: string
  /** By what they are; several may be one thing. */
  processes(): readonly { readonly name: string; readonly id: ProcessId }[]
  batches(): Promise<BatchCounts>
  /** Waits until nothing moves, and gives what does not hold then. */
  violationsAtRest(since: Date): Promise<string[]>
}
