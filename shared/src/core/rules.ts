import type { Message } from '../messages.ts'
import type { Headers } from './delivery.ts'
import type { RetryPolicy } from './retry-policy.ts'
import type { Safeguards } from './safeguards.ts'
import type { Direction } from './saga.ts'

/** What an event becomes before COMMIT: encoded and size-checked, so that nothing committed can turn out to be unpublishable (rule 22). */
export interface EncodedEvent {
  readonly topic: string
  readonly headers: Headers
  readonly body: Buffer
}
export interface EventMeta {
  readonly id: string
  readonly sagaId: string
  readonly causationId: string
  readonly now: Date
  readonly traceparent: string | undefined
}

/** What a participant is, apart from any one transaction. */
export interface Rules {
  readonly service: string
  /** By message type: where the participant's timers lead. */
  readonly timers: ReadonlyMap<string, { readonly step: string; readonly direction: Direction }>
  /** Message types to which something here reacts. */
  readonly reactsTo: ReadonlySet<string>
  /** Message types whose reaction publishes no event and sets no timer, which may publish one: nobody waits for its answer. */
  readonly owesNothing: ReadonlySet<string>
  readonly settings: unknown
  readonly retry: RetryPolicy
  /** How long the fence is kept (rule 34). */
  readonly horizonMs: number
  /** A timer that fires later could meet services that have forgotten the saga. */
  readonly longestTimerMs: number
  /** How long after its timeout a call without a result is taken to be lost. */
  readonly callGraceMs: number
  readonly letterTopic: string
  /** Whether a step keeps what it changed of its saga's own rows (SAGA_IMAGES). */
  readonly keepsImages: boolean
  readonly safeguards: Safeguards
  encode(event: Message, meta: EventMeta): EncodedEvent
  partitionOf(key: string): number
}
