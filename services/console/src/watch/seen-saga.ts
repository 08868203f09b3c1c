import type { SeenEvent as ObservedEvent } from '../observer/judge.ts'

/** An event as the watch sees it: what its headers say, and which step its id names. */
export type SeenEvent = Omit<ObservedEvent, 'source' | 'seenAt'>

/** All that was seen of one saga. */
export interface SeenSaga {
  readonly sagaId: string
  readonly events: readonly SeenEvent[]
  /** Nothing is owed for it any more, as whoever settles it says. */
  readonly settled: boolean
  /** It began while the observer was there: nothing of it can have been forgotten by the topics before. */
  readonly whole: boolean
}
