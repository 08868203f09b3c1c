import type { Headers } from './delivery.ts'

/** A record to publish, written in the transaction of what it tells of. */
export interface OutboxRow {
  /** Rows of one saga leave in the order of (seq, n). */
  readonly sagaId: string
  readonly n: number
  readonly topic: string
  readonly partition: number
  readonly key: Buffer | null
  readonly headers: Headers
  readonly body: Buffer | null
}
