import type { Message } from '../messages.ts'
import type { ReactionDefinition } from '../reaction.ts'

/** The bytes of a message as they came, kept so that a retry or a letter is the message itself and not a copy of our reading of it. */
export interface Envelope {
  readonly key: Buffer | null
  readonly headers: Headers
  readonly body: Buffer | null
}
/** Header values that are no UTF-8 are kept as base64. */
export type Headers = Readonly<Record<string, string | { readonly base64: string }>>

/** A message on its way to its handler, whatever source brought it. */
export interface Delivery {
  /** The event id; `<service>/<saga>/<timer>`; `<service>/<method path>/<principal>/<key>` for a command. */
  readonly id: string
  /** '' for a local command. */
  readonly sagaId: string
  readonly reaction: ReactionDefinition
  readonly message: Message
  readonly envelope: Envelope
  /** W3C trace context of what sent it, beside its place in the envelope's headers, which are read only when somebody needs them. */
  readonly traceparent?: string | undefined
  readonly origin: Origin
}

export type Origin =
  | { readonly source: 'kafka' }
  /** A row of `waiting` that was due when it was read, without a lock: the transaction checks that it still is as it was. */
  | {
      readonly source: 'due'
      readonly attempts: number
      readonly dueAtMs: number
      /** Calls although its step is held: whether the target is back, somebody must ask. */
      readonly probe?: true
    }
  /** The end of an outside call. */
  | { readonly source: 'result'; readonly attempts: number; readonly dueAtMs: number; readonly result: CallResult }
  /** An outside call that was to begin and certainly did not. `inDoubt`: an earlier one of this step may have happened. */
  | {
      readonly source: 'unbegun'
      readonly attempts: number
      readonly dueAtMs: number
      readonly hold: Hold
      readonly inDoubt: boolean
      /** Given when it is the message's own fault: then its try counts, though nothing was begun. */
      readonly error?: unknown
    }
  | { readonly source: 'command'; readonly opens: boolean }

export type CallResult =
  | { readonly ok: true; readonly response: unknown }
  | { readonly ok: false; readonly error: unknown }

/** How many calls of a step can begin in this process now, and why no more. */
export interface Turns {
  readonly free: number
  readonly hold: Hold
}

/** Why calls of a step cannot begin at the moment. */
export interface Hold {
  readonly code: 'target-unreachable' | 'no-turn'
  readonly message: string
}

/** A record that no handler can ever see: it becomes a letter with its bytes untouched. */
export interface Undeliverable {
  /** `<topic>/<partition>/<offset>` */
  readonly id: string
  readonly partition: number
  readonly envelope: Envelope
  readonly code: string
  readonly problem: string
}
