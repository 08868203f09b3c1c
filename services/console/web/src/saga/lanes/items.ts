import type { Awaited, ObservedEvent, ObservedLetter, OperatorAct, SagaDetail, Step } from '../../../../src/contract.ts'
import { operationOf } from '../../parts/operation.ts'
import { shortType } from '../../parts/short-type.ts'
import { awaitedMark } from '../awaited-mark.ts'
import { inOrderOfNeed } from '../awaited-order.ts'
import type { Item, Mark } from './item.ts'

type Of = { service: string; step: string | null; direction: string | null }
const sameStep = (a: Of, b: Of) => a.service === b.service && a.step === b.step && a.direction === b.direction

/**
 * Everything of a saga that has a place in time, what is awaited last. Of the steps only those that no event stands for: a
 * step that published is where its event is, and one that waits or died is where its letter or what it owes is.
 */
export function itemsOf({ events, letters, steps, acts, awaited }: SagaDetail): Item[] {
  const shownOtherwise = (step: Step) =>
    ['failed', 'calling', 'dead'].includes(step.status) || events.some(event => sameStep(event, step))
  const happened = [
    ...events.map(event =>
      ofEvent(
        event,
        steps.find(step => sameStep(event, step)),
      ),
    ),
    ...steps.filter(step => !shownOtherwise(step)).map(ofStep),
    ...letters.map(ofLetter),
    ...acts.map(ofAct),
  ]
  return [...inOrder(happened), ...inOrderOfNeed(awaited).map(ofAwaited)]
}

function ofEvent(event: ObservedEvent, step: Step | undefined): Item {
  return {
    key: `event:${event.source}:${event.id}`,
    service: event.service,
    atMs: Date.parse(event.at),
    title: shortType(event.type),
    operation: event.step && operationOf(event),
    marks: marks(
      ofCompensation(event),
      step?.status === 'rejected' && { text: step.errorCode ?? 'rejected', tone: 'warn', icon: 'blocked' },
      tries(step?.attempts ?? 1),
      event.copies > 1 && { text: `seen ${event.copies} times`, tone: 'plain' },
    ),
    causeId: event.causationId,
    subject: { kind: 'event', event, step },
  }
}

const ofStep = (step: Step): Item => ({
  key: `step:${step.service}:${step.operation}`,
  service: step.service,
  atMs: Date.parse(step.at),
  title: step.operation,
  operation: null,
  marks: marks(
    ofCompensation(step),
    { text: step.status, tone: step.status === 'succeeded' ? 'good' : 'plain' },
    step.errorCode !== null && { text: step.errorCode, tone: 'plain' },
    tries(step.attempts),
  ),
  causeId: step.messageId,
  subject: { kind: 'step', step },
})

const ofLetter = (letter: ObservedLetter): Item => ({
  key: `letter:${letter.service}:${letter.id}:${letter.deaths}`,
  service: letter.service,
  atMs: Date.parse(letter.diedAt),
  title: `${letter.messageType ? shortType(letter.messageType) : 'Message'} died`,
  operation: letter.step && operationOf(letter),
  marks: marks(
    letter.status === 'open'
      ? { text: letter.errorCode, tone: 'bad', icon: 'blocked' }
      : { text: `${letter.errorCode}, ${letter.status}`, tone: 'plain', icon: 'settled' },
    tries(letter.attempts),
  ),
  causeId: letter.id,
  subject: { kind: 'letter', letter },
})

const ofAct = (act: OperatorAct): Item => ({
  key: `act:${act.service}:${act.id}:${act.at}`,
  service: act.service,
  atMs: Date.parse(act.at),
  title: `${act.act} by ${act.operator}`,
  operation: null,
  marks: marks(act.forced && { text: 'by force', tone: 'warn' }),
  causeId: null,
  subject: { kind: 'act', act },
})

const ofAwaited = (awaited: Awaited): Item => ({
  key: `awaited:${awaited.service}:${awaited.direction}:${awaited.step}`,
  service: awaited.service,
  atMs: null,
  title: awaited.oneOf.length > 0 ? awaited.oneOf.map(shortType).join(' or ') : awaited.step,
  operation: operationOf(awaited),
  marks: marks(
    awaitedMark(awaited),
    awaited.stands !== null &&
      awaited.stands !== 'timer' &&
      awaited.stands !== 'dead' && {
        text: awaited.stands,
        tone: 'plain',
        ...(awaited.stands === 'retry' ? { icon: 'retry' as const } : {}),
      },
    tries(awaited.attempts),
  ),
  causeId: awaited.eventId,
  subject: { kind: 'awaited', awaited },
})

const ofCompensation = ({ direction }: Pick<Of, 'direction'>): Mark | false =>
  direction === 'compensation' && { text: 'compensation', tone: 'undo', icon: 'undo' }

const tries = (attempts: number): Mark | false =>
  attempts > 1 && { text: `${attempts} tries`, tone: 'warn', icon: 'retry' }

const marks = (...all: (Mark | false)[]) => all.filter(mark => mark !== false)

/**
 * By time. Of what happened in one millisecond causation decides, and what is undone stands above its undo; else it stays in
 * the order in which it was told, which of one service's events is that of their commits (rule 24).
 */
function inOrder(items: Item[]): Item[] {
  const above = precedence(items)
  const begun = new Set<Item>()
  const put: Item[] = []
  const putAfterCauses = (item: Item) => {
    // Ids are their senders', and could name each other: each is begun once.
    if (begun.has(item)) return
    begun.add(item)
    for (const other of above(item)) if (other.atMs === item.atMs) putAfterCauses(other)
    put.push(item)
  }
  items.toSorted((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0)).forEach(putAfterCauses)
  return put
}

/** What must stand above an item: the event that it answers, and what it undoes. */
function precedence(items: readonly Item[]): (item: Item) => Item[] {
  const events = new Map(items.flatMap(item => (item.subject.kind === 'event' ? [[item.subject.event.id, item]] : [])))
  const actions = Map.groupBy(
    items.filter(item => doneBy(item)?.direction === 'action'),
    item => stepKey(doneBy(item)!),
  )
  return item => {
    const cause = item.causeId === null ? undefined : events.get(item.causeId)
    const by = doneBy(item)
    return [...(cause ? [cause] : []), ...(by?.direction === 'compensation' ? (actions.get(stepKey(by)) ?? []) : [])]
  }
}

/** The step that took effect. One that was refused or skipped may have come behind its compensation (rule 13), and undoes nothing. */
function doneBy({ subject }: Item): Of | undefined {
  if (subject.kind === 'event') return subject.event
  return subject.kind === 'step' && subject.step.status === 'succeeded' ? subject.step : undefined
}
const stepKey = ({ service, step }: Of) => `${service} ${step}`
