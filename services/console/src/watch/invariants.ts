import type { Declared, DeclaredReaction } from 'saga-kit/operating'
import type { SeenEvent, SeenSaga } from './seen-saga.ts'

/** What must hold of every saga, whatever its participants do, as far as its events and the declarations can tell. */
export interface Invariant {
  /** Label of the metric. */
  readonly name: string
  /** For the page. */
  readonly says: string
  /** Where it does not hold, one text each; texts come from declarations and from events, which anybody may have written. */
  readonly broken: (saga: SeenSaga, declared: readonly Declared[]) => string[]
}

export const invariants: readonly Invariant[] = [
  {
    name: 'cause-known',
    says: 'the event that another one answers has been published',
    broken: ({ sagaId, events, whole }) => {
      if (!whole) return []
      const ids = new Set(events.map(({ id }) => id))
      return events
        .filter(({ causationId }) => causationId?.startsWith(`${sagaId}/`) && !ids.has(causationId))
        .map(event => `${nameOf(event)} answers ${event.causationId}, which nobody published`)
    },
  },
  {
    name: 'publisher-declares',
    says: 'each event is one that its publisher declares for that step',
    broken: ({ events }, declared) =>
      events
        .filter(
          event =>
            !declared.some(({ service, reactions }) => service === event.service && reactions.some(publishes(event))),
        )
        .map(
          event =>
            `${event.service} published ${event.type}${event.step === null ? '' : ` by ${operationOf(event)}`}, which it does not declare`,
        ),
  },
  {
    name: 'one-content',
    says: 'one id is one event: whoever publishes it again publishes the same',
    broken: ({ events }) =>
      events
        .filter(({ differs }) => differs)
        .map(event => `${nameOf(event)} was published as ${event.id} with another content, too`),
  },
  {
    name: 'compensation-last',
    says: 'an action does nothing after its compensation (rule 13)',
    // By places, not by times: a transaction's time is that of its beginning, and it may then have waited for the other.
    broken: ({ events, whole }) =>
      events
        .filter(({ direction }) => whole && direction === 'action')
        .flatMap(action => {
          const undone = events.find(e => e.direction === 'compensation' && isOfStep(e, action) && isBefore(e, action))
          return undone ? [`${nameOf(action)} of ${action.service} comes after ${nameOf(undone)}`] : []
        }),
  },
  {
    name: 'excluded-steps',
    says: 'of steps that exclude each other at most one takes effect in a saga',
    broken: ({ events }, declared) =>
      excludedPairs(declared).flatMap(({ service, step, other }) => {
        const did = (name: string) =>
          events.find(e => e.service === service && e.step === name && e.direction === 'action')
        const [one, another] = [did(step), did(other)]
        return one && another ? [`${nameOf(one)} and ${nameOf(another)}, though ${step} excludes ${other}`] : []
      }),
  },
  {
    name: 'failure-undone',
    says: 'a settled saga that failed has undone what was done and is to be undone then',
    broken: ({ events, settled }, declared) => (settled ? notUndone(events, declared) : []),
  },
]

/** Compensations that were called for, of which the action was done, and which nothing answers. */
function notUndone(events: readonly SeenEvent[], declared: readonly Declared[]): string[] {
  const missing = declared.flatMap(({ service, reactions }) =>
    reactions
      // One with a filter may not have been meant; one that publishes nothing leaves nothing to be seen.
      .filter(r => r.direction === 'compensation' && r.kind === 'event' && !r.filtered && r.emits.length > 0)
      .flatMap(compensation => {
        const failure = events.find(event => event.type === compensation.on && isOnTopicOf(compensation, event))
        const done = events.find(event => event.service === service && isToBeUndoneBy(compensation, event, reactions))
        if (!failure || !done || events.some(answers(service, compensation, reactions))) return []
        return [`${nameOf(done)} of ${service} stands, though ${nameOf(failure)} calls for its undoing`]
      }),
  )
  return [...new Set(missing)]
}

/** An action that succeeded, and that this compensation is there to undo. */
function isToBeUndoneBy({ step }: DeclaredReaction, event: SeenEvent, reactions: readonly DeclaredReaction[]): boolean {
  if (event.direction !== 'action') return false
  const own = reactions.filter(r => r.step === event.step && r.direction === 'action')
  const rejects = own.some(r => r.emits.some(e => e.type === event.type && e.rejects))
  return !rejects && own.some(r => r.undoneBy === step)
}

/** By an event of its own, or by one of a step that a timer of it wakes: a compensation may be delayed. */
function answers(service: string, { step, emits }: DeclaredReaction, reactions: readonly DeclaredReaction[]) {
  const timers = emits.flatMap(({ kind, type }) => (kind === 'timer' ? [type] : []))
  const delayed = reactions.filter(r => r.kind === 'timer' && timers.includes(r.on)).map(r => r.step)
  return (event: SeenEvent) =>
    event.service === service &&
    event.step !== null &&
    ((event.step === step && event.direction === 'compensation') || delayed.includes(event.step))
}

/** Where the id does not tell the step, any step of that service will do. */
const publishes = (event: SeenEvent) => (reaction: DeclaredReaction) =>
  (event.step === null || (reaction.step === event.step && reaction.direction === event.direction)) &&
  reaction.emits.some(({ kind, type }) => kind === 'event' && type === event.type)

/** Two participants may publish events of one name, each on its own topic. */
const isOnTopicOf = ({ topic }: DeclaredReaction, event: SeenEvent) => topic === undefined || topic === event.topic

const isBefore = (a: SeenEvent, b: SeenEvent) => a.topic === b.topic && a.offset < b.offset
const isOfStep = (a: SeenEvent, b: SeenEvent) => a.service === b.service && a.step === b.step

function excludedPairs(declared: readonly Declared[]): { service: string; step: string; other: string }[] {
  const pairs = declared.flatMap(({ service, reactions }) =>
    reactions.flatMap(({ step, excludes = [] }) => excludes.map(other => ({ service, step, other }))),
  )
  // It goes both ways, whichever says so; and each reaction of a step says it again.
  const key = ({ service, step, other }: (typeof pairs)[number]) => [service, ...[step, other].toSorted()].join('/')
  return [...new Map(pairs.map(pair => [key(pair), pair])).values()]
}

const operationOf = ({ step, direction }: SeenEvent) => (direction === 'compensation' ? `undo ${step}` : (step ?? ''))
const nameOf = (event: SeenEvent) => `${event.type}${event.step === null ? '' : ` (${operationOf(event)})`}`
