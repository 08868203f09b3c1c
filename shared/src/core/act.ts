import { closeUnreadable, type UnreadableLetter } from './close-unreadable.ts'
import type { Decision } from './decision.ts'
import type { Delivery } from './delivery.ts'
import { discard } from './discard.ts'
import { wakeHead } from './queue.ts'
import { replay } from './replay.ts'
import { restore } from './restore.ts'
import type { Direction, WaitingRow } from './saga.ts'

/** One death of one message. Ids are their senders', so a letter is named together with its saga. */
export interface LetterRef {
  readonly id: string
  /** Null for a record that nobody could read. */
  readonly sagaId: string | null
  readonly deaths: number
}

interface Ordered {
  readonly letter: LetterRef
  readonly operator: string
  /** What the act is part of. */
  readonly plan: string | null
  /**
   * The message as it reads now: of a restore as the letter in the topic has it, of a record that nobody could read as
   * what it has been processed by now. Absent when it is nobody's here.
   */
  readonly read?: Delivery | undefined
}
/** What an operator orders (rules 19 and 20). */
export type Act = Replay | Restore | Discard
export interface Replay extends Ordered {
  readonly act: 'replay'
}
export interface Restore extends Ordered {
  readonly act: 'restore'
  /** False when the saga began so long ago that what this participant knew of it may be forgotten (rule 34). */
  readonly opens: boolean
  /** Of a call that may have happened before the message died: it is in doubt still. */
  readonly request: WaitingRow['request']
}
export interface Discard extends Ordered {
  readonly act: 'discard'
  readonly reason: string
  readonly force: boolean
}

export type ActEnd = 'done' | 'already' | 'changed' | 'unknown' | 'needs-force' | 'unreadable' | 'beyond-horizon'
export interface Acted {
  readonly act: Act
  readonly result: ActEnd
  readonly detail: string | null
  readonly step: string | null
  readonly direction: Direction | null
  readonly errorCode: string | null
  /** It needed force, and had it. */
  readonly forced: boolean
}

/** Decides what operators have ordered, under the locks of the sagas concerned. */
export function takeActs(
  decision: Decision,
  acts: readonly Act[],
  unreadable: ReadonlyMap<string, UnreadableLetter>,
): void {
  for (const act of acts) {
    if (act.letter.sagaId === null) {
      closeUnreadable(decision, act, unreadable.get(act.letter.id)!)
      continue
    }
    const saga = decision.loaded.sagas.get(act.letter.sagaId)!
    if (act.act === 'replay') replay(decision, saga, act)
    else if (act.act === 'discard') discard(decision, saga, act)
    else restore(decision, saga, act)
    wakeHead(decision, saga)
  }
}
