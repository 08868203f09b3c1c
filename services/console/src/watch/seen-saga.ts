/** An event as the watch sees it: what its headers say, and which step its id names. */
export interface SeenEvent {
  /** Unique with `service`. */
  readonly id: string
  readonly service: string
  /** As declarations name it: the last part of `ce_type`. */
  readonly type: string
  readonly topic: string
  /** Its place in its partition. What one service publishes of one saga stands in the order of its commits (rule 24). */
  readonly offset: number
  readonly at: Date
  readonly step: string | null
  readonly direction: 'action' | 'compensation' | null
  /** The id of the message that its step answered: an event's, a timer's or a request's. */
  readonly causationId: string | null
  /** The same id was seen with another type or body. */
  readonly differs: boolean
}

/** All that was seen of one saga. */
export interface SeenSaga {
  readonly sagaId: string
  readonly events: readonly SeenEvent[]
  /** Nothing is owed for it any more, as whoever settles it says. */
  readonly settled: boolean
  /** It began while the observer was there: nothing of it can have been forgotten by the topics before. */
  readonly whole: boolean
}
