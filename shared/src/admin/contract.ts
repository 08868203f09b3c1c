import { z } from 'zod'

/**
 * What a participant's admin listener takes and answers: one description for the listener, the command line and whoever
 * writes a tool of their own. JSON over HTTP; errors are RFC 9457 problems; times are ISO 8601 in UTC.
 */
const moment = z.iso.datetime()
const count = z.int().nonnegative()
const direction = z.enum(['action', 'compensation'])
const json = z.unknown()

/** The header that names who acts; every act is kept with it. */
export const operatorHeader = 'saga-operator'

/** Names one death of one message: a repeat of an act, or an act on a letter that has died anew meanwhile, changes nothing (rule 19). */
export const letterRef = z.object({
  /** The message's id. Ids are their senders', so a letter is named together with its saga. */
  id: z.string().min(1).max(1_200),
  /** Null for a record that nobody could read. */
  sagaId: z.string().nullable(),
  deaths: z.int().positive(),
})

export const letter = z.object({
  ...letterRef.shape,
  service: z.string(),
  step: z.string().nullable(),
  direction: direction.nullable(),
  messageType: z.string().nullable(),
  errorCode: z.string(),
  errorMessage: z.string(),
  attempts: count,
  firstFailedAt: moment,
  diedAt: moment,
  /** Messages of its saga that wait behind it in this participant, armed timers not counted. */
  parkedBehind: count,
  /** Why a discard would need force (rule 20); null when it needs none. */
  needsForce: z.enum(['compensation', 'owes-answer', 'call-in-doubt']).nullable(),
})

export const waitingMessage = z.object({
  id: z.string(),
  kind: z.enum(['timer', 'retry', 'parked', 'calling', 'dead']),
  messageType: z.string().nullable(),
  step: z.string().nullable(),
  direction: direction.nullable(),
  dueAt: moment.nullable(),
  attempts: count,
  deaths: count,
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  createdAt: moment,
})

/** GET /admin/letters?step=&error=&since=&sagaId=&after=&limit= : open letters, oldest death first. */
export const letterPage = z.object({ letters: z.array(letter), next: z.string().nullable() })

/** GET /admin/letter?id=&sagaId= : 404 when the message does not stand dead here. */
export const letterDetail = z.object({
  ...letter.shape,
  /** The decoded message; null when it cannot be decoded any more. */
  message: json.nullable(),
  /** Values that are no UTF-8 are `{ base64 }`. */
  headers: z.record(z.string(), z.union([z.string(), z.object({ base64: z.string() })])),
  keyBase64: z.string().nullable(),
  bodyBase64: z.string().nullable(),
  errorStack: z.string().nullable(),
  /** The request of a call that was begun and may have happened (rule 23). */
  request: json.nullable(),
  behind: z.array(waitingMessage),
})

/** GET /admin/message?id=&sagaId= : where a message stands, for whoever follows a replay. */
export const messageState = z.object({
  /**
   * Of what waits its kind. Else `ended`: a step names it as the one that ended it (`status`), or operators have handled
   * it and it has left, needless by then (`status` null). Or `unknown` here.
   */
  state: z.enum(['timer', 'retry', 'parked', 'calling', 'dead', 'ended', 'unknown']),
  deaths: count,
  attempts: count,
  dueAt: moment.nullable(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  /** The final status of the step that this message ended. */
  status: z.string().nullable(),
})

/** A row of a state table, before and after; null where there is none. */
const stateRow = z.object({ table: z.string(), key: z.string(), before: json.nullable(), after: json.nullable() })
export const loggedStep = z.object({
  step: z.string(),
  direction,
  /** `reserve_stock`, or `undo reserve_stock`. */
  operation: z.string(),
  status: z.enum(['succeeded', 'rejected', 'refused', 'skipped', 'discarded', 'failed', 'calling', 'dead']),
  /** The message that the step answered last. */
  messageId: z.string(),
  messageType: z.string(),
  /** Types of the events it published. */
  emitted: z.array(z.string()),
  /** State rows with the saga's id as their key, as the step found and left them. Not what SQL of its own changes, nor without SAGA_IMAGES. */
  rows: z.array(stateRow).default([]),
  errorCode: z.string().nullable(),
  attempts: count,
  createdAt: moment,
  updatedAt: moment,
})
export const act = z.object({
  at: moment,
  operator: z.string(),
  act: z.enum(['replay', 'restore', 'discard']),
  /** The plan that it was part of. */
  plan: z.string().nullable(),
  ...letterRef.shape,
  step: z.string().nullable(),
  direction: direction.nullable(),
  errorCode: z.string().nullable(),
  reason: z.string().nullable(),
  forced: z.boolean(),
})
/** GET /admin/sagas/:sagaId : 404 when this participant has never seen the saga, or has forgotten it. */
export const sagaState = z.object({
  service: z.string(),
  sagaId: z.string(),
  createdAt: moment,
  log: z.array(loggedStep),
  waiting: z.array(waitingMessage),
  /** Events that have committed and are not known to be published. */
  unpublished: z.array(z.object({ id: z.string(), type: z.string(), topic: z.string(), createdAt: moment })),
  acts: z.array(act),
})

/** GET /admin/status */
export const status = z.object({
  service: z.string(),
  now: moment,
  /** How long a saga is remembered after it began; a letter that is older cannot be restored from its topic. Null: for ever. */
  horizonMs: z.number().nullable(),
  retrying: count,
  parked: count,
  calling: count,
  dead: count,
  timers: count,
  outbox: count,
  /** For how long the oldest event in the outbox, and the timer that is due longest, have waited; 0 when none does. Null from a kit that does not tell. */
  outboxOldestMs: z.number().nullable().default(null),
  timerLagMs: z.number().nullable().default(null),
  paused: z.array(z.string()),
})
/** GET /admin/waiting?kind=&after=&limit= : what is retrying, parked, calling, dead or armed, over all sagas. */
export const waitingPage = z.object({
  messages: z.array(z.object({ ...waitingMessage.shape, sagaId: z.string().nullable() })),
  next: z.string().nullable(),
})
/** GET /admin/acts?after=&limit= : what operators did, oldest first. */
export const actPage = z.object({ acts: z.array(act), next: z.string().nullable() })

/**
 * POST /admin/dry-runs letterRef : what a replay would do, found out by the real handlers in a transaction that is rolled
 * back. Followers that would run after it are in `steps` too, up to the first that fails, as far as two seconds reach. 409 `letter-changed`, 404 `not-found`.
 */
export const dryRun = z.object({
  steps: z.array(
    z.object({
      id: z.string(),
      messageType: z.string().nullable(),
      step: z.string().nullable(),
      direction: direction.nullable(),
      /** As in saga_steps_total: succeeded, rejected, refused, failed, dead, calling, ... */
      outcome: z.string(),
      code: z.string().nullable(),
      error: z.string().nullable(),
      /** What it would ask of the outside; the call is not made. */
      request: json.nullable(),
    }),
  ),
  /** State rows that would change. Rows of a sql handler are not seen. */
  rows: z.array(stateRow),
  published: z.array(z.object({ id: z.string(), type: z.string(), topic: z.string(), event: json.nullable() })),
  timers: z.array(z.object({ type: z.string(), dueAt: moment.nullable() })),
  stillBehind: count,
})

/** POST /admin/replays : at most 500 letters, one transaction; but each record that nobody could read by itself, and first. */
export const replayRequest = z.object({ letters: z.array(letterRef).min(1).max(500), plan: z.string().max(100) })
/** POST /admin/restores : letters as they are in the topic, for messages whose row is gone; each a transaction, in this order. At most 16 MiB. */
export const restoreRequest = z.object({
  letters: z
    .array(
      z.object({
        ...letterRef.shape,
        keyBase64: z.string().nullable(),
        headers: z.record(z.string(), z.union([z.string(), z.object({ base64: z.string() })])),
        bodyBase64: z.string().nullable(),
      }),
    )
    .min(1)
    .max(100),
  plan: z.string().max(100),
})
/** POST /admin/discards */
export const discardRequest = z.object({
  letter: letterRef,
  reason: z.string().trim().min(3).max(1_000),
  force: z.boolean(),
  plan: z.string().max(100),
})
export const actResult = z.object({
  ...letterRef.shape,
  /**
   * `done`: it was taken. `already`: an earlier request did it, or the message has ended: nothing to do. `changed`: it has
   * died anew since it was looked at, or is not dead any more (discard): look again. `unknown`: there is no such message here (restore it from the topic).
   * `needs-force`, `unreadable` (it still cannot be read), `beyond-horizon` (its saga may have been forgotten): refused.
   */
  result: z.enum(['done', 'already', 'changed', 'unknown', 'needs-force', 'unreadable', 'beyond-horizon']),
  detail: z.string().nullable(),
})
/** What all three acts answer, in the order of the request. */
export const actResults = z.object({ results: z.array(actResult) })

/**
 * GET /admin/figures?before=&after=&limit= : what this participant says of each saga, by ascending saga id. `before`: only
 * sagas that began earlier. Or ?sagas=id,id,... : what it says of these (at most 100), whenever they began.
 */
export const figurePage = z.object({
  /** The families of figures it speaks of: of a saga that it does not name, it says 0 to each of them. */
  families: z.array(z.string()),
  /** Whether it says when a saga is settled; one participant of a choreography must. */
  settles: z.boolean(),
  sagas: z.array(
    z.object({
      sagaId: z.string(),
      ending: z.string().nullable(),
      settledAt: moment.nullable(),
      figures: z.record(z.string(), z.number()),
      /** Has a message that is retried, parked or being called, or an unpublished event here; and none that is dead. */
      unfinished: z.boolean(),
      /** Has a dead message here that others may wait for, or that bears on these figures. */
      openLetter: z.boolean(),
      /** Operations whose message an operator discarded, where others may have waited for it or it bears on these figures. */
      discarded: z.array(z.string()),
    }),
  ),
  next: z.string().nullable(),
})
/** GET /admin/books : its own books, all in one snapshot: per book the sums of each part, and the accounts that do not come to zero. 409 `books-too-large`. */
export const books = z.object({
  readAt: moment,
  books: z.array(
    z.object({
      book: z.string(),
      accounts: count,
      parts: z.record(z.string(), z.number()),
      /** How many accounts do not come to zero; the first thousand are in `violations`. */
      wrong: count,
      violations: z.array(z.object({ account: z.string(), parts: z.record(z.string(), z.number()) })),
    }),
  ),
})

export type LetterRef = z.infer<typeof letterRef>
export type Letter = z.infer<typeof letter>
export type LetterDetail = z.infer<typeof letterDetail>
export type LetterPage = z.infer<typeof letterPage>
export type WaitingMessage = z.infer<typeof waitingMessage>
export type MessageState = z.infer<typeof messageState>
export type LoggedStep = z.infer<typeof loggedStep>
export type SagaState = z.infer<typeof sagaState>
export type Status = z.infer<typeof status>
export type Act = z.infer<typeof act>
export type ActPage = z.infer<typeof actPage>
export type DryRun = z.infer<typeof dryRun>
export type ReplayRequest = z.infer<typeof replayRequest>
export type RestoreRequest = z.infer<typeof restoreRequest>
export type DiscardRequest = z.infer<typeof discardRequest>
export type ActResult = z.infer<typeof actResult>
export type FigurePage = z.infer<typeof figurePage>
export type Books = z.infer<typeof books>
