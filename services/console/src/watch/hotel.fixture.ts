import type { Declared, DeclaredReaction } from 'saga-kit/operating'
import type { SeenEvent } from './seen-saga.ts'

type Emission = DeclaredReaction['emits'][number]
const emission = (name: string): Emission => {
  const type = name.slice(0, -1)
  if (name.endsWith('?')) return { type, kind: 'event', rejects: true }
  return name.endsWith('@') ? { type, kind: 'timer' } : { type: name, kind: 'event' }
}
/** `Paid?` among what is emitted is a no, `Late@` a timer. */
const on = (on: string, step: string, emits: string[], o: Partial<DeclaredReaction> = {}): DeclaredReaction => ({
  ...{ on, kind: 'event', step, direction: 'action', emits: emits.map(emission), undoneBy: step },
  ...o,
})
const never = { undoneBy: undefined }
const undo = { direction: 'compensation', undoneBy: undefined } as const
const service = (name: string, reactions: DeclaredReaction[]): Declared => ({
  ...{ service: name, topic: `${name}.events`, letterTopic: `${name}.dlq`, reactions },
})

/** A stay reserves a room and is paid; what is not paid, or is cancelled, gives the room back, after a while. */
export const hotel: readonly Declared[] = [
  service('desk', [
    on('Book', 'book', ['Booked'], { kind: 'command', ...never }),
    on('Paid', 'confirm', ['Confirmed'], { ...never, excludes: ['cancel'] }),
    on('Cancel', 'cancel', ['Cancelled'], { kind: 'command', ...never }),
    on('Unpaid', 'cancel', ['Cancelled'], never),
    on('Repaid', 'note_repaid', [], never),
  ]),
  service('room', [
    on('Booked', 'reserve', ['Reserved'], { withinMs: 60_000 }),
    on('Cancelled', 'reserve', ['Freed', 'CleaningEnds@'], undo),
    on('CleaningEnds', 'free_cleaned', ['Freed'], { kind: 'timer', ...never }),
  ]),
  service('pay', [on('Reserved', 'pay', ['Paid', 'Unpaid?']), on('Cancelled', 'pay', ['Repaid'], undo)]),
]
export const sagaId = '0198c0de-0000-7000-8000-000000000000'

/** Between two events of `play`, and the time that each transaction takes. */
export const tickMs = 1_000

/**
 * A stay from its booking until nothing is left to do, in an order of deliveries that `pick` chooses (a number below `n`):
 * each step happens once, none after its compensation, and of two that exclude each other the first.
 */
export function play(pick: (n: number) => number): SeenEvent[] {
  const reactionsTo = (kind: DeclaredReaction['kind'], type: string, by?: string) =>
    hotel.flatMap(({ service, reactions }) =>
      reactions
        .filter(r => r.kind === kind && r.on === type && (kind === 'event' || service === by))
        .map(r => ({ service, reaction: r })),
    )
  const command = (type: string) =>
    reactionsTo('command', type, 'desk').map(each => ({ ...each, id: `desk/POST /${type}/ann/1` }))
  const todo = [...command('Book'), ...(pick(2) === 0 ? command('Cancel') : [])]
  const did = new Map<string, 'done' | 'no' | 'skipped'>()
  const events: SeenEvent[] = []
  while (todo.length > 0) {
    const { service, reaction, id } = todo.splice(events.length === 0 ? 0 : pick(todo.length), 1)[0]!
    const { step, direction, emits } = reaction
    const others = hotel.find(each => each.service === service)!.reactions
    const excluded = others.filter(r => r.step === step).flatMap(r => r.excludes ?? [])
    const excluding = others.filter(r => r.excludes?.includes(step)).map(r => r.step)
    if (did.has(`${step}/${direction}`)) continue
    if ([...excluded, ...excluding].some(other => did.has(`${other}/action`))) continue
    if (direction === 'compensation' && !did.has(`${step}/action`)) did.set(`${step}/action`, 'skipped')
    // With several to choose from one comes: a no, or now rather than later.
    const said = emits[pick(emits.length)]
    did.set(`${step}/${direction}`, said?.rejects ? 'no' : 'done')
    if (!said) continue
    if (said.kind === 'timer') {
      todo.push(
        ...reactionsTo('timer', said.type, service).map(each => ({ ...each, id: `${service}/${sagaId}/${said.type}` })),
      )
      continue
    }
    const event = seenEvent(`${service}: ${said.type} by ${step}`, {
      ...{ direction, causationId: id, offset: events.length, at: new Date(events.length * tickMs) },
      id: `${sagaId}/${step}/${direction}`,
    })
    events.push(event)
    todo.push(...reactionsTo('event', said.type).map(each => ({ ...each, id: event.id })))
  }
  return events
}

/** `room: Reserved by reserve` is an event of that service, type and step. */
export function seenEvent(told: string, o: Partial<SeenEvent> = {}): SeenEvent {
  const [, service = '', type = '', step = null] = /^(\w+): (\w+)(?: by (\w+))?$/.exec(told) ?? []
  const direction = step === null ? null : (o.direction ?? 'action')
  return {
    ...{
      id: step === null ? `drawn-${type}` : `${sagaId}/${step}/${direction}`,
      service,
      type,
      topic: `${service}.events`,
    },
    ...{ offset: 0, at: new Date(0), step, direction, causationId: null, differs: false },
    ...o,
  }
}
