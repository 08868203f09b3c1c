import type { Declared, DeclaredReaction } from 'saga-kit/operating'

export interface SeenEvent {
  /** Unique with `source`. */
  readonly id: string
  readonly source: string
  readonly service: string
  /** As declarations name it: the last part of `ce_type`. */
  readonly type: string
  /** Without the deployment's prefix. */
  readonly topic: string
  /** Its place in its partition. What one service publishes of one saga stands in the order of its commits (rule 24). */
  readonly offset: number
  readonly at: Date
  readonly seenAt: Date
  readonly step: string | null
  readonly direction: 'action' | 'compensation' | null
  /** The id of the message that its step answered: an event's, a timer's or a request's. */
  readonly causationId: string | null
  /** The same id was seen with another type or body. */
  readonly differs: boolean
}
/** Of an open letter. */
export interface SeenLetter {
  readonly step: string | null
  readonly errorCode: string
  readonly diedAt: Date
}
/** What whoever settles the saga said of it when it was asked last. */
export interface Settlement {
  readonly askedAt: Date
  /** How it ended or stands; null when nobody who settles sagas knows this one. */
  readonly ending: string | null
  readonly settledAt: Date | null
}

export interface Owed {
  readonly service: string
  readonly step: string
  readonly direction: 'action' | 'compensation'
  /** The event that it reacts to. */
  readonly eventId: string
  readonly eventType: string
  readonly oneOf: readonly string[]
  readonly since: string
  readonly by: string
}

/** All that is known of one saga by what was published. */
export interface SeenSaga {
  readonly events: readonly SeenEvent[]
  readonly letters: readonly SeenLetter[]
  readonly settlement: Settlement | null
}
export interface JudgedBy {
  readonly declared: readonly Declared[]
  /** Somebody says when sagas are settled, or it is not known that nobody does. */
  readonly isAsked: boolean
  /** For answers that no declaration promises by a time. */
  readonly overdueAfterMs: number
}

export interface Judgement {
  readonly state: 'open' | 'blocked' | 'settled'
  readonly ending: string | null
  readonly settledAt: Date | null
  readonly lastAt: Date | null
  readonly lastEvent: string | null
  readonly lastStep: string | null
  readonly events: number
  readonly errorCode: string | null
  readonly awaited: readonly Owed[]
  /** What it waits for, and what of it is dead. */
  readonly steps: readonly string[]
  /** When something will be late. */
  readonly awaitedBy: Date | null
  /** How soon to ask whoever settles it; null when nothing new is to be expected. */
  readonly askInMs: number | null
}

/** Enough for the answer to an event to be published and seen, which then brings the saga here again. */
const askSoonMs = 500
const askLaterMs = 5_000

/**
 * What a saga's events and letters say of it, whatever the order in which they were seen. Events alone cannot tell that it is
 * settled: a step that only records publishes nothing, another may have been refused. So whoever settles it is asked, and its
 * word counts for all that was seen before.
 */
export function judge({ events: seen, letters, settlement }: SeenSaga, o: JudgedBy): Judgement {
  const events = [...new Map(seen.map(event => [`${event.service} ${event.id}`, event])).values()].sort(inTime)
  const isNews = (event: SeenEvent) => !settlement?.settledAt || event.seenAt > settlement.askedAt
  const awaited = outstanding(events, o).filter(({ event }) => isNews(event))
  const last = events.at(-1)
  const [oldest] = letters.toSorted((a, b) => a.diedAt.getTime() - b.diedAt.getTime())
  const isUnknown = settlement !== null && settlement.ending === null
  const settledAt = settlement?.settledAt ?? (o.isAsked && !isUnknown ? null : (last?.at ?? null))
  const state = oldest ? 'blocked' : settledAt && awaited.length === 0 ? 'settled' : 'open'
  const ending = settlement?.settledAt ? settlement.ending : null
  const isSaid = settlement?.settledAt || (isUnknown && state === 'settled')
  const isUpToDate = isSaid && !events.some(event => event.seenAt > settlement.askedAt)
  return {
    ...{ state, ending, settledAt: state === 'settled' ? settledAt : null },
    ...{ lastAt: last?.at ?? null, lastEvent: last?.type ?? null, lastStep: last?.step ?? null },
    ...{ events: events.length, errorCode: oldest?.errorCode ?? null },
    awaited: awaited.map(({ owed }) => owed),
    steps: [...new Set([...awaited.map(({ owed }) => owed.step), ...letters.flatMap(({ step }) => step ?? [])])].sort(),
    awaitedBy: state === 'settled' ? null : lateAt(awaited, last, o),
    askInMs: !o.isAsked || isUpToDate ? null : awaited.length === 0 ? askSoonMs : askLaterMs,
  }
}

const inTime = (a: SeenEvent, b: SeenEvent) =>
  a.at.getTime() - b.at.getTime() || compare(a.topic, b.topic) || a.offset - b.offset || compare(a.id, b.id)
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** A saga that is not settled, though nothing of it is awaited, is late some time after its last event. */
function lateAt(awaited: readonly { owed: Owed }[], last: SeenEvent | undefined, o: JudgedBy): Date | null {
  if (awaited.length > 0) return new Date(Math.min(...awaited.map(({ owed }) => Date.parse(owed.by))))
  return last ? new Date(last.at.getTime() + o.overdueAfterMs) : null
}

/** Events to which a declared reader owes an answer that has not been seen. */
function outstanding(events: readonly SeenEvent[], o: JudgedBy): { event: SeenEvent; owed: Owed }[] {
  const published = new Set(events.map(({ service, step, direction }) => `${service} ${step} ${direction}`))
  return events.flatMap(event =>
    o.declared.flatMap(({ service, reactions }) =>
      reactions
        .filter(reaction => owesAnswer(reaction, event))
        .filter(reaction => !answers(reaction, reactions).some(answer => published.has(`${service} ${answer}`)))
        .map(reaction => ({ event, owed: owedBy(service, reaction, event, o.overdueAfterMs) })),
    ),
  )
}

/** Not one that publishes nothing, nor one whose filter may ignore the event: of neither anybody hears. */
const owesAnswer = (reaction: DeclaredReaction, { type, topic }: SeenEvent) =>
  reaction.kind === 'event' &&
  reaction.on === type &&
  (reaction.topic === undefined || reaction.topic === topic) &&
  !reaction.filtered &&
  reaction.emits.length > 0

/**
 * By which `step direction` one sees that the reader has taken the event, or never will: the step itself, the step of a timer
 * that it sets, one that excludes it, and for an action its compensation (rule 13).
 */
function answers(
  { step, direction, emits, excludes = [], undoneBy }: DeclaredReaction,
  all: readonly DeclaredReaction[],
) {
  const ofTimers = all.filter(
    ({ kind, on }) => kind === 'timer' && emits.some(emitted => emitted.kind === 'timer' && emitted.type === on),
  )
  return [
    `${step} ${direction}`,
    ...ofTimers.map(timer => `${timer.step} ${timer.direction}`),
    ...excludes.map(excluded => `${excluded} action`),
    ...(direction === 'action' ? [`${step} compensation`, `${undoneBy ?? step} compensation`] : []),
  ]
}

function owedBy(service: string, reaction: DeclaredReaction, event: SeenEvent, overdueAfterMs: number): Owed {
  const { step, direction, emits, withinMs = overdueAfterMs } = reaction
  return {
    ...{ service, step, direction, eventId: event.id, eventType: event.type, since: event.at.toISOString() },
    oneOf: emits.filter(({ kind }) => kind === 'event').map(({ type }) => type),
    by: new Date(event.at.getTime() + withinMs).toISOString(),
  }
}
