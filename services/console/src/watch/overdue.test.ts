import type { Awaited } from 'saga-kit/operating'
import { expect, test } from 'vitest'
import { lookAgainAt, overdueIn } from './overdue.ts'

const at = (second: number) => new Date(Date.UTC(2026, 0, 31, 12, 0, second))
const now = at(600)
const minute = 60_000
const awaited = (o: Partial<Awaited> & { seconds?: number; by?: string | null } = {}): Awaited => ({
  ...{
    service: 'pay',
    step: 'pay',
    direction: 'action',
    operation: 'pay',
    because: { what: 'Reserved', from: 'room' },
    messageId: 'saga/reserve/action',
  },
  ...{ oneOf: ['Paid', 'Unpaid'], since: at(o.seconds ?? 0).toISOString(), by: null, overdue: false },
  ...{ stands: 'not-taken', waiting: null },
  ...o,
})
const look = (...all: Awaited[]) => overdueIn({ verdict: 'open', awaited: all }, now, 5 * minute)
const dues = (...all: Awaited[]) => look(...all).overdue.map(({ due }) => due)

test('names what is missing, and who owes it since when', () =>
  expect(look(awaited({ direction: 'compensation', operation: 'undo pay' }))).toEqual({
    overdue: [
      {
        ...{
          service: 'pay',
          step: 'pay',
          direction: 'compensation',
          eventId: 'saga/reserve/action',
          eventType: 'Reserved',
        },
        ...{
          oneOf: ['Paid', 'Unpaid'],
          since: at(0),
          due: at(300),
          stands: 'not-taken',
          attempts: 0,
          errorMessage: null,
        },
      },
    ],
    dueNext: null,
  }))

test('by the declaration where it says so, by the setting where it does not', () => {
  expect(dues(awaited({ by: at(60).toISOString() }))).toEqual([at(60)])
  expect(dues(awaited({ seconds: 400, by: at(500).toISOString() }))).toEqual([at(500)])
  expect(look(awaited({ seconds: 400 }))).toEqual({ overdue: [], dueNext: at(700) })
})

test('an armed timer is not overdue before it is due, and a while', () => {
  const timer = (due: Date) => awaited({ stands: 'timer', by: due.toISOString() })
  expect(look(timer(at(900)))).toEqual({ overdue: [], dueNext: at(1_200) })
  expect(look(timer(at(599)))).toEqual({ overdue: [], dueNext: at(899) })
  expect(dues(timer(at(200)))).toEqual([at(500)])
})

test('what is tried again is overdue with its error; what stands behind it is not named beside it', () => {
  const waiting = { id: 'm', kind: 'retry', attempts: 3, errorMessage: 'no connection' } as Awaited['waiting']
  const parked = awaited({ stands: 'parked', operation: 'undo pay' })
  expect(look(awaited({ stands: 'retry', waiting }), parked).overdue).toEqual([
    expect.objectContaining({ stands: 'retry', attempts: 3, errorMessage: 'no connection' }),
  ])
})

test('what a filter may have turned away is not missed, nor anything of a blocked saga', () => {
  expect(look(awaited({ stands: 'may-ignore' })).overdue).toEqual([])
  expect(overdueIn({ verdict: 'blocked', awaited: [awaited()] }, now, minute).overdue).toEqual([])
})

test('an event of which its silent publisher alone knows the time is given it anew', () =>
  expect(look(awaited({ since: null, stands: 'silent' }))).toEqual({ overdue: [], dueNext: at(900) }))

test('looks again when something becomes due; and ever later while something is overdue', () => {
  const quiet = { overdue: [], dueNext: null }
  const late = look(awaited())
  const inMs = (of: Parameters<typeof lookAgainAt>[0], looks: number) =>
    lookAgainAt(of, looks, now).getTime() - now.getTime()
  expect(inMs({ ...quiet, dueNext: at(7_200) }, 0)).toBe(6_601_000)
  expect([0, 1, 2, 99].map(looks => inMs(late, looks))).toEqual([15_000, 30_000, 60_000, 600_000])
  expect(inMs({ ...late, dueNext: at(605) }, 3)).toBe(6_000)
  expect(inMs(quiet, 0)).toBe(15_000)
})
