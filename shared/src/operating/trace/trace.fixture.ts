import type { LoggedStep, SagaState, WaitingMessage } from '../../admin/contract.ts'
import type { Declared } from '../declarations.ts'
import type { Answer } from './awaited.ts'
import { traceOf } from './trace-of.ts'

export const saga = '0192aaaa-0000-7000-8000-000000000001'
export const at = (seconds: number) => new Date(Date.UTC(2025, 0, 31, 12, 0, seconds)).toISOString()
export const now = new Date(at(30))

export const event = (
  on: string,
  topic: string,
  step: string,
  emits: string[],
  o: Partial<Declared['reactions'][0]> = {},
) => ({
  ...{ on, kind: 'event' as const, topic: `${topic}.events.v1`, step, direction: 'action' as const },
  emits: emits.map(type => ({ type, kind: 'event' as const })),
  ...o,
})
export const declared: Declared[] = [
  {
    ...{ service: 'order', topic: 'order.events.v1', letterTopic: 'order.dlq' },
    reactions: [
      { on: 'Place', kind: 'command', step: 'place', direction: 'action', emits: [{ type: 'Placed', kind: 'event' }] },
      event('Paid', 'pay', 'confirm', ['Confirmed']),
      event('Refused', 'pay', 'cancel', ['Cancelled']),
      {
        on: 'TimedOut',
        kind: 'timer',
        step: 'cancel',
        direction: 'action',
        emits: [{ type: 'Cancelled', kind: 'event' }],
      },
    ],
  },
  {
    ...{ service: 'pay', topic: 'pay.events.v1', letterTopic: 'pay.dlq' },
    reactions: [
      event('Placed', 'order', 'pay', ['Paid', 'Refused'], { withinMs: 20_000 }),
      event('Cancelled', 'order', 'pay', ['Repaid'], { direction: 'compensation' }),
    ],
  },
  {
    ...{ service: 'points', topic: 'points.events.v1', letterTopic: 'points.dlq' },
    reactions: [event('Confirmed', 'order', 'collect', [], { filtered: true })],
  },
]

export const row = (operation: string, o: Partial<LoggedStep> & { on: string; second: number }): LoggedStep => ({
  ...{
    step: operation.replace('undo ', ''),
    operation,
    status: 'succeeded',
    emitted: [],
    rows: [],
    errorCode: null,
    attempts: 1,
  },
  direction: operation.startsWith('undo ') ? 'compensation' : 'action',
  ...{ messageId: o.on, messageType: 'x', createdAt: at(o.second), updatedAt: at(o.second) },
  ...o,
})
export const waiting = (o: Partial<WaitingMessage>): WaitingMessage => ({
  ...{ id: `${saga}/place/action`, kind: 'retry', messageType: 'Placed', step: 'pay', direction: 'action' },
  ...{ dueAt: null, attempts: 0, deaths: 0, errorCode: null, errorMessage: null, createdAt: at(2) },
  ...o,
})
export const knows = (service: string, state: Partial<SagaState>): [string, Answer] => [
  service,
  {
    kind: 'knows',
    state: { service, sagaId: saga, createdAt: at(0), log: [], waiting: [], unpublished: [], acts: [], ...state },
  },
]
export const neverSeen = (service: string): [string, Answer] => [service, { kind: 'never-seen' }]
export const silent = (service: string): [string, Answer] => [service, { kind: 'silent', why: 'does not answer' }]
/** Who is not named has never seen it. */
export const trace = (...answers: [string, Answer][]) =>
  traceOf(saga, declared, new Map([...['order', 'pay', 'points'].map(neverSeen), ...answers]), now)

export const placed = row('place', { on: `order/POST /orders/ann/key-1`, second: 1, emitted: ['Placed'] })
export const paid = row('pay', { on: `${saga}/place/action`, second: 2, emitted: ['Paid'] })
export const confirmed = row('confirm', { on: `${saga}/pay/action`, second: 3, emitted: ['Confirmed'] })
