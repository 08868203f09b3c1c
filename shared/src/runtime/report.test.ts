import { expect, test } from 'vitest'
import type { Acted } from '../core/act.ts'
import type { Decided, StepOutcome } from '../core/decision.ts'
import type { Item } from './engine.ts'
import { createLog } from './logs.ts'
import { outcomeMeanings } from './metric-definitions.ts'
import { createMetrics } from './metrics.ts'
import { reporter } from './report.ts'

const sagaId = '01a204a3-cb97-788a-97ba-3f9f85b0cacd'
const endedAs = (outcome: StepOutcome, source = 'kafka'): Decided =>
  ({
    outcome,
    delivery: {
      id: `${sagaId}/place_order/action`,
      sagaId,
      message: { type: 'OrderPlaced', kind: 'event' },
      reaction: { step: 'reserve_stock', direction: 'action', trigger: { type: 'OrderPlaced' } },
      origin: { source, attempts: 1 },
    },
  }) as unknown as Decided

function report(...decided: Decided[]) {
  return reported({ decided })
}
function reported({ decided = [], acted = [] }: { decided?: Decided[]; acted?: Acted[] }, items: readonly Item[] = []) {
  const lines: string[] = []
  const log = createLog({ service: 'inventory', level: 'trace', to: { write: line => void lines.push(line) } })
  const metrics = createMetrics({ service: 'inventory', ofNode: false })
  reporter(log, metrics)({ decision: { decided, acted } } as never, items)
  return { metrics: metrics.registry, lines: lines.map(line => JSON.parse(line)) }
}

test.each(Object.keys(outcomeMeanings).filter(outcome => outcome !== 'ignored'))(
  'a delivery that ends as %s is counted under that name, and said with its saga',
  async outcome => {
    const { metrics, lines } = report(endedAs(outcome as StepOutcome))
    expect(await metrics.metrics()).toContain(
      `saga_steps_total{step="reserve_stock",direction="action",outcome="${outcome}",service="inventory"} 1`,
    )
    expect(lines).toMatchObject([
      { saga_id: sagaId, event_id: `${sagaId}/place_order/action`, step: 'reserve_stock', outcome },
    ])
  },
)

test('a dead letter is an error for people, a try that failed a warning, a business no neither', () =>
  expect(report(endedAs('dead'), endedAs('failed'), endedAs('rejected')).lines.map(line => line.level)).toEqual([
    'error',
    'warn',
    'info',
  ]))

test('a command that failed is an error: no try follows', () =>
  expect(report(endedAs('failed', 'command')).lines).toMatchObject([{ level: 'error' }]))

test('a line has its fields in this order, and only those that there are', () => {
  const [failed, succeeded] = report(
    { ...endedAs('failed'), code: 'handler-threw', attempts: 2, error: new Error('no') },
    endedAs('succeeded'),
  ).lines
  const always = ['level', 'time', 'service', 'pid', 'saga_id', 'event_id', 'step', 'direction', 'on', 'outcome']
  expect(Object.keys(succeeded)).toEqual([...always, 'msg'])
  expect(Object.keys(failed)).toEqual([...always, 'error_code', 'attempts', 'err', 'msg'])
})

test('a local command is told without the customer that its path names', () => {
  const delivery = {
    id: 'balance/POST /accounts/ann%20lee/deposits/anonymous/a-key',
    sagaId: '',
    message: { type: 'Deposit', kind: 'command', customerId: 'ann lee', amountMinor: 5 },
    reaction: { step: 'deposit', direction: 'local', trigger: { type: 'Deposit' } },
    origin: { source: 'command', opens: false },
  }
  const { lines } = report({ delivery, outcome: 'accepted' } as unknown as Decided)
  expect(lines[0].event_id).toBe('balance/POST /accounts/[redacted]/deposits/anonymous/a-key')
  expect(lines[0]).not.toHaveProperty('saga_id')
})

test('what an operator did is a warning with who, why and to what; a discard is counted as the end of its message', async () => {
  const letter = { id: 'm', sagaId, deaths: 1 }
  const by = { letter, operator: 'ann', plan: 'p1' }
  const about = { detail: null, step: 'reserve_stock', direction: 'compensation', errorCode: 'never' } as const
  const { metrics, lines } = reported({
    acted: [
      {
        act: { act: 'discard', ...by, reason: 'settled by hand', force: true },
        result: 'done',
        ...about,
        forced: true,
      },
      { act: { act: 'replay', ...by }, result: 'already', ...about, forced: false },
    ],
  })
  expect(lines).toMatchObject([
    {
      level: 'warn',
      saga_id: sagaId,
      event_id: 'm',
      step: 'reserve_stock',
      operator: 'ann',
      plan: 'p1',
      act: 'discard',
    },
    { level: 'info', act: 'replay', result: 'already' },
  ])
  expect(lines[0]).toMatchObject({ reason: 'settled by hand', error_code: 'never' })
  expect(await metrics.metrics()).toContain('direction="compensation",outcome="discarded",service="inventory"} 1')
})

test('a record that nobody could read is counted by why, and said with its place and the saga of its key', async () => {
  const envelope = { key: Buffer.from(sagaId), headers: {}, body: null }
  const undeliverable = { id: 'order.events.v1/0/7', partition: 0, envelope, code: 'no-key', problem: 'it has no key' }
  const { metrics, lines } = reported({}, [{ undeliverable }])
  expect(await metrics.metrics()).toContain('saga_unreadable_total{reason="no-key",service="inventory"} 1')
  expect(lines).toMatchObject([
    { level: 'error', saga_id: sagaId, event_id: 'order.events.v1/0/7', error_code: 'no-key' },
  ])
})
