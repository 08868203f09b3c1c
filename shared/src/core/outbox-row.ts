import type { Headers } from './delivery.ts'

/** A record to publish, written in the transaction of what it tells of. Those of one saga leave in the order in which they were made. */
export interface OutboxRow {
  readonly sagaId: string
  readonly topic: string
  readonly partition: number
  readonly key: Buffer | null
  readonly headers: Headers
  readonly body: Buffer | null
}
