import type { Awaited, ObservedEvent, ObservedLetter, OperatorAct, Step } from '../../../../src/contract.ts'
import type { IconName } from '../../parts/icon.tsx'
import type { Tone } from '../../parts/tag.tsx'

/** A short note on an item. */
export interface Mark {
  readonly text: string
  readonly tone: Tone
  readonly icon?: IconName
}

/** Something with a place in the lanes: it happened in a service at a time, or is awaited from it. */
export interface Item {
  /** Names it in the page's URL. */
  readonly key: string
  readonly service: string
  /** Null for what is still to come. */
  readonly atMs: number | null
  readonly title: string
  /** `reserve_stock`, or `undo reserve_stock`. */
  readonly operation: string | null
  readonly marks: readonly Mark[]
  /** The id of the message that it answers. */
  readonly causeId: string | null
  readonly subject: Subject
}

export type Subject =
  | { readonly kind: 'event'; readonly event: ObservedEvent; readonly step: Step | undefined }
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'letter'; readonly letter: ObservedLetter }
  | { readonly kind: 'act'; readonly act: OperatorAct }
  | { readonly kind: 'awaited'; readonly awaited: Awaited }
