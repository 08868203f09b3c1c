import { z } from 'zod'

/**
 * What the console's pages ask of its server: one description for both. JSON over HTTP below /api; errors are RFC 9457
 * problems; times are ISO 8601 in UTC. Everything needs a session (POST /api/session) with the right `read`; what changes
 * anything is a POST, needs the right `act` and the header `saga-console: 1`, which no form of another site can send.
 */
const moment = z.iso.datetime()
const count = z.int().nonnegative()
const direction = z.enum(['action', 'compensation'])
const json = z.unknown()

/** GET /api/access : how one gets in. The only route that anybody may ask. */
export const access = z.object({
  /** A token of the settings opens a session. */
  token: z.boolean(),
  /** The name of the OpenID Connect provider whose login does, at /api/oidc/login; null when there is none. */
  oidc: z.string().nullable(),
  session: z
    .object({
      operator: z.string(),
      rights: z.array(z.enum(['read', 'act'])),
      /** False where nobody has to sign in: there is nothing to sign out of. */
      canEnd: z.boolean(),
    })
    .nullable(),
})
/**
 * POST /api/session {token, operator} : answers `access`; 401 `wrong-token`, 403 `name-taken`, 429 `too-many-attempts`. The name
 * of a token that is one operator's alone counts, whatever is given. DELETE /api/session ends it (204).
 * GET /api/oidc/login?return=<own path> leads to the provider, and back; what came to nothing leads to /?refused=<why>.
 */
export const signIn = z.strictObject({
  token: z.string().min(1).max(1_000),
  /** It travels in a header. */
  operator: z
    .string()
    .trim()
    .regex(/^[\x20-\x7e]{1,100}$/, 'is no name of an operator: at most 100 visible ASCII characters'),
})

export const sagaStates = ['open', 'blocked', 'settled'] as const
/**
 * What the observer knows of a saga. `blocked`: a dead letter of it is open. `settled`: whoever settles it says so, or, where
 * nobody does, nothing is awaited. Else `open`; `overdue` when something it awaits is past its time, as the watchdog has it from
 * the participants. One that is blocked is never overdue: its letter says why it waits.
 */
export const saga = z.object({
  sagaId: z.string(),
  state: z.enum(sagaStates),
  overdue: z.boolean(),
  /** As whoever settles it names it, such as CONFIRMED; null while that is not known. */
  ending: z.string().nullable(),
  beganAt: moment,
  lastAt: moment,
  settledAt: moment.nullable(),
  /** The last event, and the step that published it. */
  lastEvent: z.string().nullable(),
  lastStep: z.string().nullable(),
  /** Of its open letters, the oldest. */
  errorCode: z.string().nullable(),
  /** Values of the fields that SEARCH_FIELDS names, from its events: { customerId: 'ann' }. */
  attributes: z.record(z.string(), z.string()),
  events: count,
})
/**
 * GET /api/sagas?state=&overdue=true&ending=&step=&error=&attribute=name:value&olderThanMs=&id=&after=&limit= : the youngest
 * first. `step`: it awaits this step, or a letter of it is open. `id`: the beginning of an id.
 */
export const sagaPage = z.object({
  sagas: z.array(
    saga.extend({
      /** What it waits for, or the letter that it is blocked by; null when settled, or when no event is awaited. */
      at: z
        .object({
          is: z.enum(['awaited', 'dead']),
          service: z.string(),
          /** Null for a letter that nobody could read. */
          step: z.string().nullable(),
          direction: direction.nullable(),
          /** What the step reacts to; a letter is called by it. */
          messageId: z.string(),
          messageType: z.string().nullable(),
          /** How many more there are beside it. */
          others: count,
        })
        .nullable(),
    }),
  ),
  next: z.string().nullable(),
})

/** GET /api/counts?hours= : how sagas ended over time, and how things stand now. */
export const counts = z.object({
  open: count,
  overdue: count,
  blocked: count,
  settled: count,
  openLetters: count,
  /** In equal parts of the time, the oldest first; a part without sagas is there too. */
  bucketMs: count,
  buckets: z.array(z.object({ from: moment, began: count, endings: z.record(z.string(), count) })),
  /** What the filters can be given: as seen, not as declared; steps in the order in which sagas pass through them. */
  endings: z.array(z.string()),
  steps: z.array(z.string()),
  errors: z.array(z.string()),
  attributes: z.array(z.string()),
})

export const observedEvent = z.object({
  /** Unique with `source`. */
  id: z.string(),
  source: z.string(),
  service: z.string(),
  type: z.string(),
  topic: z.string(),
  partition: count,
  offset: z.string(),
  at: moment,
  seenAt: moment,
  /** The step that published it, where its id tells. */
  step: z.string().nullable(),
  direction: direction.nullable(),
  /** The id of the message that its step reacted to; an event's, a timer's or a request's. */
  causationId: z.string().nullable(),
  /** How often it was seen; more than once is no harm. */
  copies: count,
  /** Null when nobody can read it, and, as its body, when the events before it are 16 MB. */
  event: json.nullable(),
  headers: z.record(z.string(), z.string()),
  bodyBase64: z.string().nullable(),
  traceId: z.string().nullable(),
})
/** Something that the saga waits for, and who owes it. */
export const awaited = z.object({
  service: z.string(),
  step: z.string(),
  direction,
  /** The event that it reacts to. */
  eventId: z.string(),
  eventType: z.string(),
  oneOf: z.array(z.string()),
  since: moment.nullable(),
  by: moment.nullable(),
  /** By the watchdog's measure: past its time, and not blocked, nor parked behind something else. */
  overdue: z.boolean(),
  /** Where the message stands with its reader, as `saga trace` says it; null when only the events were asked. */
  stands: z.string().nullable(),
  attempts: count,
  errorMessage: z.string().nullable(),
})
export const observedLetter = z.object({
  service: z.string(),
  id: z.string(),
  sagaId: z.string().nullable(),
  deaths: count,
  step: z.string().nullable(),
  direction: direction.nullable(),
  messageType: z.string().nullable(),
  errorCode: z.string(),
  errorMessage: z.string(),
  attempts: count,
  firstFailedAt: moment.nullable(),
  diedAt: moment,
  /** `open`, or what became of it: replayed to its end, discarded, ... as its topic's last record says. */
  status: z.string(),
})
/** What a participant's log says of the saga: `saga trace`, a row for each step. */
export const step = z.object({
  service: z.string(),
  operation: z.string(),
  step: z.string(),
  direction,
  status: z.string(),
  at: moment,
  attempts: count,
  errorCode: z.string().nullable(),
  messageId: z.string(),
  because: z.string(),
  emitted: z.array(z.string()),
  /** The saga's own rows that this step changed, in the participant's tables. */
  rows: z.array(z.object({ table: z.string(), key: z.string(), before: json.nullable(), after: json.nullable() })),
})
export const operatorAct = z.object({
  at: moment,
  operator: z.string(),
  act: z.string(),
  service: z.string(),
  id: z.string(),
  sagaId: z.string().nullable(),
  reason: z.string().nullable(),
  plan: z.string().nullable(),
  forced: z.boolean(),
  /** Of what was asked for in the console: `done`, what it gave, or why it was refused; null while it is not known. */
  outcome: z.string().nullish(),
  /** In the history: true of what a service tells of and this console did not do, neither by a discard nor by running its plan: `npx saga` did. */
  elsewhere: z.boolean().nullish(),
})
const silent = z.object({ service: z.string(), why: z.string() })
/** GET /api/sagas/:sagaId : 404 when neither the observer nor any participant has seen it. */
export const sagaDetail = z.object({
  saga: saga.nullable(),
  events: z.array(observedEvent),
  letters: z.array(observedLetter),
  steps: z.array(step),
  awaited: z.array(awaited),
  acts: z.array(operatorAct),
  /** `settled`, `open`, `blocked`, `unknown`: as `saga trace` says it, over all who answer. */
  verdict: z.string(),
  /** Who could not be asked; of them only their events are known. */
  silent: z.array(silent),
  /** All that declare themselves, in the order in which sagas pass through them: their lanes, as on every page. */
  services: z.array(z.string()),
})

/** GET /api/choreography?minutes= : what is declared, and what was seen of it. */
export const choreography = z.object({
  nodes: z.array(
    z.object({
      id: z.string(),
      service: z.string().nullable(),
      label: z.string(),
      kind: z.enum(['step', 'command', 'outside']),
      compensation: z.boolean(),
    }),
  ),
  edges: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      message: z.string(),
      kind: z.enum(['event', 'timer', 'command']),
      turnsBack: z.boolean(),
      /** `unseen`: declared, and not seen in that time. `undeclared`: seen, and nobody declares it. `unobservable`: its step publishes nothing of its own, so that it may be taken unseen. */
      standing: z.enum(['seen', 'unseen', 'undeclared', 'unobservable']),
      seen: count,
      perMinute: z.number().nonnegative(),
      /**
       * Within which time half, and 95 of 100, were answered, from the event to the first event of its reader. They are counted
       * by bucket, of which this is the end; null of few answers, and beyond the last bucket (14 h).
       */
      p50WithinMs: z.number().nullable(),
      p95WithinMs: z.number().nullable(),
      lastAt: moment.nullable(),
    }),
  ),
  /** As `saga check` finds them. */
  findings: z.array(z.object({ kind: z.string(), service: z.string(), text: z.string() })),
})

/** GET /api/letters/groups : open letters by service, step and error, the oldest death first. */
export const letterGroups = z.object({
  groups: z.array(
    z.object({
      service: z.string(),
      step: z.string().nullable(),
      direction: direction.nullable(),
      errorCode: z.string(),
      letters: count,
      sagas: count,
      oldestAt: moment,
      youngestAt: moment,
      errorMessage: z.string(),
    }),
  ),
})
/** GET /api/letters?service=&step=&error=&after=&limit= : open letters, the oldest death first. */
export const letterPage = z.object({ letters: z.array(observedLetter), next: z.string().nullable() })
/** GET /api/letter?service=&id=&sagaId= : as its owner tells of it (the admin listener's letterDetail). 404 when it is dead no more; 503 `owner-silent`. */

/** Which letters an act is about: exactly these, or all that match now. */
export const selection = z.object({
  letters: z
    .array(z.object({ service: z.string(), id: z.string(), sagaId: z.string().nullable(), deaths: z.int().positive() }))
    .max(10_000)
    .optional(),
  service: z.string().optional(),
  step: z.string().optional(),
  error: z.string().optional(),
})
/** POST /api/dry-runs {...selection, sample} : what a replay of the first `sample` letters (at most 20) would do; nothing is changed. Needs `act`. */
export const dryRuns = z.object({
  of: count,
  tried: z.array(
    z.object({
      letter: observedLetter,
      wouldEnd: z.boolean(),
      /** The admin listener's dryRun, or why there is none. */ found: json.nullable(),
      error: z.string().nullable(),
    }),
  ),
})
/** POST /api/plans selection : pins the letters that match, and does nothing yet. GET /api/plans, GET /api/plans/:planId. */
export const plan = z.object({
  planId: z.string(),
  createdAt: moment,
  operator: z.string(),
  letters: count,
  sagas: count,
  counts: z.array(z.object({ service: z.string(), step: z.string(), error: z.string(), letters: count, sagas: count })),
  /**
   * `interrupted`: begun, and the process that ran it is no more: run it again to go on. `outdated`: letters are left, and none
   * of them is open any more as it was planned.
   */
  status: z.enum(['planned', 'running', 'pausing', 'paused', 'cancelled', 'interrupted', 'outdated', 'done']),
  /** Letters a second; null without a limit. */
  rate: z.number().nullable(),
  /** By this plan. */
  ended: count,
  /** Somebody else had replayed or discarded them before their turn. */
  already: count,
  failed: count,
  skipped: count,
  left: count,
  /** Of these, how many are still open as they were planned, by what the observer has seen; null while it runs, and when it is over. */
  open: count.nullable(),
  stoppedBy: z.string().nullable(),
  /** The first hundred of those that failed. */
  failures: z.array(
    z.object({
      service: z.string(),
      id: z.string(),
      sagaId: z.string().nullable(),
      how: z.string().nullable(),
      detail: z.string(),
    }),
  ),
})
export const plans = z.object({ plans: z.array(plan) })
/** GET /api/plans/:planId/letters?after=&limit= : in the order of their replay, those of a saga together. */
export const planLetterPage = z.object({
  letters: z.array(
    z.object({
      ...{ service: z.string(), id: z.string(), sagaId: z.string().nullable(), deaths: count },
      ...{ step: z.string().nullable(), direction: direction.nullable(), errorCode: z.string(), diedAt: z.string() },
      /**
       * `open`: not touched yet. `under-way`: touched, and not followed to an end. `replayed`: by this plan, to its end. `gone`:
       * replayed or discarded by somebody else. `changed`: died anew before its turn. `died-again`: after it was replayed.
       * `failed`: otherwise; `skipped`: behind one that failed.
       */
      became: z.enum(['open', 'under-way', 'replayed', 'gone', 'changed', 'died-again', 'failed', 'skipped']),
      detail: z.string().nullable(),
    }),
  ),
  next: z.string().nullable(),
})
/** POST /api/plans/:planId/run {rate} (also goes on with a paused one), /pause, /cancel : answer the plan. 409 `plan-running`, `plan-over`. */
export const runRequest = z.object({ rate: z.number().positive().max(10_000).nullable() })
/** POST /api/discards : answers the admin listener's actResult. */
export const discardRequest = z.object({
  service: z.string(),
  id: z.string(),
  sagaId: z.string().nullable(),
  deaths: z.int().positive(),
  reason: z.string().trim().min(3).max(1_000),
  force: z.boolean(),
})
/** GET /api/acts?after=&limit= : who did what, the youngest first: acts on letters as their services keep them, and what was done in the console. */
export const actPage = z.object({ acts: z.array(operatorAct), next: z.string().nullable() })

/** GET /api/health */
export const health = z.object({
  participants: z.array(
    z.object({
      service: z.string(),
      /** Null when it answers. */
      silent: z.string().nullable(),
      paused: z.array(z.string()),
      retrying: count,
      parked: count,
      calling: count,
      dead: count,
      timers: count,
      outbox: count,
      outboxOldestMs: z.number().nullable(),
      timerLagMs: z.number().nullable(),
      lag: z.number().nullable(),
    }),
  ),
  observer: z.object({
    lag: z.number(),
    behindMs: z.number().nullable(),
    eventsPerSecond: z.number(),
    sagas: count,
    undecodable: count,
    /** Records that its own code could not take: read again at each start. */
    putAside: count,
  }),
  /** Topics that a service declares as its own, and that are another's: they are not read as its own. */
  conflicts: z.array(z.object({ service: z.string(), topic: z.string(), why: z.string() })),
  /** What must hold, computed from the events alone as they come. */
  invariants: z.array(
    z.object({
      name: z.string(),
      /** Null while nothing has been checked. */
      holds: z.boolean().nullable(),
      checked: count,
      broken: count,
      /** The last few sagas in which it does not hold, with what is wrong. */
      examples: z.array(z.object({ sagaId: z.string(), says: z.string() })),
    }),
  ),
  /** `saga audit`, which the console repeats. */
  audit: z.object({
    /** Null when it runs none (AUDIT_EVERY=off). */
    nextAt: moment.nullable(),
    /** Who did not answer when it was tried last. */
    silent: z.array(silent),
    /** The last that reached everybody; null before the first one. */
    last: z
      .object({
        at: moment,
        sagas: count,
        violations: count,
        lines: z.array(z.object({ name: z.string(), holds: z.boolean(), figures: z.string() })),
      })
      .nullable(),
  }),
})

/** GET /api/live : server-sent events. Each is a hint that something has changed; pages then ask again what they show. */
export const liveEvent = z.discriminatedUnion('kind', [
  /** At most 200 ids; `more` when there were others. */
  z.object({ kind: z.literal('sagas'), sagaIds: z.array(z.string()), more: z.boolean() }),
  z.object({ kind: z.literal('letters') }),
  z.object({ kind: z.literal('plan'), plan }),
  z.object({ kind: z.literal('declarations') }),
  z.object({ kind: z.literal('health') }),
])

export type Access = z.infer<typeof access>
export type Saga = z.infer<typeof saga>
export type SagaPage = z.infer<typeof sagaPage>
export type Counts = z.infer<typeof counts>
export type ObservedEvent = z.infer<typeof observedEvent>
export type Awaited = z.infer<typeof awaited>
export type ObservedLetter = z.infer<typeof observedLetter>
export type Step = z.infer<typeof step>
export type OperatorAct = z.infer<typeof operatorAct>
export type SagaDetail = z.infer<typeof sagaDetail>
export type Choreography = z.infer<typeof choreography>
export type LetterGroups = z.infer<typeof letterGroups>
export type LetterPage = z.infer<typeof letterPage>
export type Selection = z.infer<typeof selection>
export type DryRuns = z.infer<typeof dryRuns>
export type Plan = z.infer<typeof plan>
export type PlanLetterPage = z.infer<typeof planLetterPage>
export type Plans = z.infer<typeof plans>
export type ActPage = z.infer<typeof actPage>
export type Health = z.infer<typeof health>
export type LiveEvent = z.infer<typeof liveEvent>
