import type { LoggedStep, SagaState, WaitingMessage } from '../../admin/contract.ts'
import { publisherIn } from '../../core/ids.ts'
import type { Declared, DeclaredReaction } from '../declarations.ts'
import type { Cause } from './cause.ts'
import type { Published } from './events.ts'

/** What a participant's admin listener said of the saga. */
export type Answer =
  | { readonly kind: 'knows'; readonly state: SagaState }
  | { readonly kind: 'never-seen' }
  | { readonly kind: 'silent'; readonly why: string }

/** Something that a participant owes the saga: an answer to a message, or a timer's. */
export interface Awaited {
  readonly service: string
  /** Null of a record that nobody could read. */
  readonly step: string | null
  readonly direction: 'action' | 'compensation' | null
  /** The two as a text. */
  readonly operation: string
  readonly because: Cause
  readonly messageId: string
  /** The types of which one is to come; none for a step that only records. */
  readonly oneOf: readonly string[]
  /** When what it answers was published; null when that is not known. */
  readonly since: string | null
  /** By its declaration (`withinMs`), or a timer's due time; null when nothing is promised. */
  readonly by: string | null
  readonly overdue: boolean
  /**
   * Where the message stands with its reader: the kinds of `waiting`, or `not-taken` (not here yet), `not-published`,
   * `may-ignore` (its filter may refuse it, which leaves no trace), `silent` (its reader does not answer), `unfinished` (its
   * step is not done, and where it waits has not been seen).
   */
  readonly stands: WaitingMessage['kind'] | 'not-taken' | 'not-published' | 'may-ignore' | 'silent' | 'unfinished'
  readonly waiting: WaitingMessage | null
}

/** What is known of one saga. */
export interface Seen {
  readonly sagaId: string
  readonly declared: readonly Declared[]
  readonly answers: ReadonlyMap<string, Answer>
  readonly now: Date
  readonly events: ReadonlyMap<string, Published>
  readonly cause: (messageId: string, messageType: string | null) => Cause
}

/** Messages that have arrived and are not done: what they are to bring is owed by the reaction that they wait for. */
export function waitingIn(states: readonly SagaState[], seen: Seen): Awaited[] {
  return states.flatMap(({ service, waiting }) =>
    waiting.map(message => {
      const { id, kind, step, direction, messageType, dueAt, createdAt } = message
      const reactions = seen.declared.find(each => each.service === service)?.reactions ?? []
      const reaction = reactions.find(each => each.on === messageType && each.step === step)
      const since = kind === 'timer' ? createdAt : (seen.events.get(id)?.at ?? createdAt)
      return {
        ...{ service, step, direction, operation: operationOf(step, direction) },
        ...{ because: seen.cause(id, messageType), messageId: id },
        ...{ oneOf: eventsOf(reaction), since, stands: kind, waiting: message },
        ...promise(kind === 'timer' ? dueAt : byDeclaration(since, reaction), seen.now),
      }
    }),
  )
}

/**
 * Steps that the log shows unfinished, whose message does not wait: it was just being taken as its participant was asked.
 * Without them the saga would seem settled.
 */
export function unfinishedIn(states: readonly SagaState[], seen: Seen): Awaited[] {
  return states.flatMap(({ service, log, waiting }) =>
    log
      .filter(row => isUnfinished[row.status] && !waiting.some(({ id }) => id === row.messageId))
      .map(({ step, direction, messageId, messageType, updatedAt }) => {
        const reactions = seen.declared.find(each => each.service === service)?.reactions ?? []
        const reaction = reactions.find(each => each.on === messageType && each.step === step)
        const since = seen.events.get(messageId)?.at ?? updatedAt
        return {
          ...{ service, step, direction, operation: operationOf(step, direction) },
          ...{ because: seen.cause(messageId, messageType), messageId },
          ...{ oneOf: eventsOf(reaction), since, stands: 'unfinished' as const, waiting: null },
          ...promise(byDeclaration(since, reaction), seen.now),
        }
      }),
  )
}
const isUnfinished: Record<LoggedStep['status'], boolean> = {
  ...{ failed: true, calling: true, dead: true },
  ...{ succeeded: false, rejected: false, refused: false, skipped: false, discarded: false },
}

/** Published events that a declared reader has not taken. */
export function outstanding(seen: Seen): Awaited[] {
  return [...seen.events.values()].flatMap(event =>
    seen.declared.flatMap(({ service, reactions }) =>
      reactions
        .filter(reaction => reads(reaction, event) && !isTaken(service, reaction, event, seen))
        .map(reaction => ({
          ...{ service, step: reaction.step, direction: reaction.direction, messageId: event.id },
          operation: operationOf(reaction.step, reaction.direction),
          because: { what: event.type, from: event.service },
          ...{ oneOf: eventsOf(reaction), since: event.at, waiting: null },
          ...promise(byDeclaration(event.at, reaction), seen.now),
          stands: standing(service, reaction, event, seen),
        })),
    ),
  )
}

/** Two services may publish events of one name, on topics of their own. */
const reads = (reaction: DeclaredReaction, event: Published) =>
  reaction.kind === 'event' &&
  reaction.on === event.type &&
  (reaction.topic === undefined || event.topic === undefined || reaction.topic === event.topic)

/** A row answers the message, or blocks it (rules 9 and 13): a duplicate or a late action leaves no row of its own. */
function isTaken(service: string, reaction: DeclaredReaction, event: Published, seen: Seen): boolean {
  const answer = seen.answers.get(service)
  if (answer?.kind !== 'knows') return answer?.kind === 'silent' && isProven(reaction, seen)
  const { log, waiting } = answer.state
  if (waiting.some(({ id }) => id === event.id)) return true
  const row = log.find(({ step, direction }) => step === reaction.step && direction === reaction.direction)
  if (!row) return false
  if (row.messageId === event.id) return true
  switch (row.status) {
    case 'succeeded':
    case 'rejected':
    case 'skipped':
      return true
    case 'refused':
    case 'discarded':
      // Such a row blocks only the messages that it ended, of which we are told the last: an earlier event may be one of them.
      return event.at !== null && row.updatedAt >= event.at
    case 'failed':
    case 'calling':
    case 'dead':
      return false
  }
}

/** A service that does not answer has done a step if somebody has its event. */
const isProven = ({ step, direction }: DeclaredReaction, { events, sagaId }: Seen) =>
  [...events.keys()].some(id => {
    const by = publisherIn(id, sagaId)
    return by?.step === step && by.direction === direction
  })

function standing(service: string, { filtered }: DeclaredReaction, event: Published, seen: Seen): Awaited['stands'] {
  const answer = seen.answers.get(service)
  if (!answer || answer.kind === 'silent') return 'silent'
  if (event.unpublished) return 'not-published'
  return filtered ? 'may-ignore' : 'not-taken'
}

const operationOf = (step: string | null, direction: string | null) =>
  step === null ? '' : direction === 'compensation' ? `undo ${step}` : step
const eventsOf = (reaction: DeclaredReaction | undefined) =>
  reaction?.emits.filter(({ kind }) => kind === 'event').map(({ type }) => type) ?? []
const byDeclaration = (since: string | null, reaction: DeclaredReaction | undefined) =>
  since === null || reaction?.withinMs === undefined
    ? null
    : new Date(Date.parse(since) + reaction.withinMs).toISOString()
const promise = (by: string | null, now: Date) => ({ by, overdue: by !== null && Date.parse(by) < now.getTime() })
