import { expect, test } from 'vitest'
import type { DryRun } from '../../admin/contract.ts'
import { wouldEnd } from '../../operating/replay/rehearse.ts'
import { letter } from '../../operating/replay/replay.fixture.ts'
import { dryRunText } from './dry-run-lines.ts'

const plain = { styled: (_: unknown, text: string) => text }
const step = (o: Partial<DryRun['steps'][0]> = {}): DryRun['steps'][0] => ({
  ...{ id: 's1/place/action', messageType: 'Placed', step: 'pay', direction: 'action', outcome: 'succeeded' },
  ...{ code: null, error: null, request: null },
  ...o,
})
const nothing: DryRun = { steps: [step()], rows: [], published: [], timers: [], stillBehind: 0 }

test('what a replay would do, for people', () =>
  expect(
    dryRunText(
      letter('s1', 's1/place/action'),
      {
        steps: [step(), step({ step: 'tell', messageType: 'Paid', outcome: 'calling', request: { to: 'ann' } })],
        rows: [{ table: 'accounts', key: 'ann', before: { balance: 5 }, after: { balance: 3 } }],
        published: [{ id: 's1/pay/action', type: 'Paid', topic: 'pay.events.v1', event: { amount: 2 } }],
        timers: [
          { type: 'Remind', dueAt: '2025-01-31T10:00:00.000Z' },
          { type: 'Expire', dueAt: null },
        ],
        stillBehind: 2,
      },
      plain,
    ),
  ).toBe(`pay: pay on Placed
  s1/place/action
  pay on Placed: succeeded
  tell on Paid: calling
    would call the outside with {"to":"ann"}
  accounts ann
    - balance 5
    + balance 3
  publishes Paid on pay.events.v1: {"amount":2}
  sets timer Remind for 2025-01-31 10:00:00Z
  cancels timer Expire
  2 would still be parked behind it`))

test('a step that would fail again is told with its error, and what is gone cannot be tried', () => {
  const failing = { ...nothing, steps: [step({ outcome: 'failed', code: 'handler-threw', error: 'no\nmoney' })] }
  const ours = letter('s1', 's1/place/action')
  expect(dryRunText(ours, failing, plain)).toContain('pay on Placed: failed (handler-threw: no money)')
  expect(dryRunText(ours, { cannot: 'gone' }, plain)).toContain('it cannot be tried: gone')
  expect([nothing, failing, { cannot: 'gone' }].map(found => wouldEnd(ours, found))).toEqual([true, false, false])
})

test('a letter that nobody would take is not done, though nothing fails', () => {
  const taken: DryRun = { ...nothing, steps: [] }
  const ours = letter('s1', 's1/place/action')
  expect(wouldEnd(ours, taken)).toBe(false)
  expect(wouldEnd(letter('s1', 'another'), nothing)).toBe(false)
  expect(dryRunText(ours, taken, plain)).toContain('nobody would take it')
})
