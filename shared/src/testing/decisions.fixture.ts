/** What is decided of the messages of one saga of the ledger, in memory and under its locks. */
import { decide } from '../core/decide.ts'
import type { Loaded } from '../core/decision.ts'
import type { Delivery, Origin } from '../core/delivery.ts'
import { timerId } from '../core/ids.ts'
import type { Rules } from '../core/rules.ts'
import { everySafeguard, type Safeguards } from '../core/safeguards.ts'
import { type LogRow, Saga, type Status, type WaitingKind, type WaitingRow } from '../core/saga.ts'
import { loadedTable, type Row } from '../core/views.ts'
import { delivered, newSagaId } from './delivered.fixture.ts'
import { Alarm, behaviour, ledger, type Noted, type Paid, type Undone } from './participant.fixture.ts'

const dayMs = 86_400_000
export const rules: Rules = {
  ...{ service: 'ledger', settings: {}, letterTopic: 'ledger.dlq', safeguards: everySafeguard, keepsImages: true },
  reactsTo: new Set(['Alarm']),
  owesNothing: new Set(['Alarm']),
  timers: new Map([['Alarm', { step: 'ring', direction: 'action' }]]),
  retry: { maxAttempts: 5, baseDelayMs: 1_000, maxDelayMs: 60_000 },
  ...{ horizonMs: 15 * dayMs, longestTimerMs: 7 * dayMs, callGraceMs: 5_000 },
  encode: (event, { id, traceparent }) => ({
    topic: 'ledger.events.v1',
    headers: { ce_id: id, ...(traceparent && { traceparent }) },
    body: Buffer.from(event.type),
  }),
  partitionOf: id => id.length,
}
export const sagaId = newSagaId()
export const fields = { sagaId, account: 'ann', amount: 5 }
export const now = new Date()
export const nowMs = now.getTime()

/** A row of the saga's log, written by another message unless a test says otherwise. */
export const logRow = (status: Status, o: Partial<LogRow> = {}): LogRow => ({
  ...{ step: 'pay', direction: 'action', status, messageId: 'other', messageType: 'Paid', body: null },
  ...{ errorCode: null, attempts: 1, endedIds: [], ...o },
})
export const waitingRow = (id: string, kind: WaitingKind, seq: number, o: Partial<WaitingRow> = {}): WaitingRow => ({
  ...{ id, kind, messageType: 'Paid', seq, n: 0, step: 'pay', direction: 'action', dueAtMs: nowMs, attempts: 1 },
  ...{ deaths: 0, firstFailedAtMs: null, errorCode: null, errorMessage: null, request: null, envelope: undefined },
  ...o,
})

/** A message of the saga, whose id is `me` unless a test says otherwise. */
export function message(
  type: typeof Paid | typeof Undone | typeof Noted,
  { id = 'me', ...rest }: { id?: string; origin?: Origin; traceparent?: string } = {},
): Delivery {
  return { ...delivered(type as typeof Paid, fields, { id }), ...rest }
}
export const due = (attempts = 1, dueAtMs = nowMs): Origin => ({ source: 'due', attempts, dueAtMs })
export const alarmId = timerId('ledger', sagaId, 'Alarm')
export const alarm = (origin: Origin = due(0)): Delivery => ({
  ...{ id: alarmId, sagaId, origin, reaction: ledger.reactions.find(({ trigger }) => trigger === Alarm)! },
  message: { type: 'Alarm', kind: 'timer', sagaId, account: 'ann' } as Delivery['message'],
  envelope: { key: Buffer.from(sagaId), headers: {}, body: Buffer.from('{"account":"ann"}') },
})

export interface Given {
  readonly found?: 'new' | 'known' | 'none'
  readonly fence?: readonly LogRow[]
  readonly queue?: readonly WaitingRow[]
  readonly payment?: Row
  readonly safeguards?: Partial<Safeguards>
  /** What the handler of a step does instead of its work. */
  readonly instead?: Readonly<Record<string, () => unknown>>
}

/** Decides these messages; gives what became of them, and what is left of the saga. */
export function decided(given: Given, ...deliveries: readonly Delivery[]) {
  const { found = 'known', fence = [], queue = [], payment, safeguards, instead = {} } = given
  const id = deliveries[0]!.sagaId
  const saga = new Saga(id, found, fence, queue)
  const account = payment && { account: 'ann', balance: 5 }
  const tables = new Map([
    ['payments', loadedTable('payments', 'sagaId', new Map([[id, payment]]))],
    ['accounts', loadedTable('accounts', 'account', new Map([['ann', account]]))],
  ])
  const loaded: Loaded = { now, seq: 7, sagas: new Map([[id, saga]]), tables, turns: new Map(), random: () => 0.5 }
  for (const [step, act] of Object.entries(instead)) behaviour.set(step, act)
  try {
    const decision = decide({ ...rules, safeguards: { ...everySafeguard, ...safeguards } }, loaded, deliveries)
    const { decided: all, outbox, woke, nextRound, calls } = decision
    return {
      outcomes: all.map(({ outcome }) => outcome),
      decided: all,
      outbox,
      woke,
      nextRound,
      calls,
      saga,
      tables,
      ...saga.changes(),
    }
  } finally {
    behaviour.clear()
  }
}
