import { expect, test } from 'vitest'
import type { LoggedStep } from '../../admin/contract.ts'
import { at, confirmed, knows, placed, row, saga, silent, trace, waiting } from '../../operating/trace/trace.fixture.ts'
import { traceText } from './lines.ts'

const plain = { styled: (_: unknown, text: string) => text, columns: undefined }

test('for people: what happened, what is awaited and why, who did what, who does not answer', () => {
  const dead = waiting({ kind: 'dead', attempts: 5, deaths: 2, errorCode: 'handler-threw', errorMessage: 'no\nmoney' })
  const acts = [
    {
      ...{ at: at(20), operator: 'ann', act: 'replay' as const, plan: 'p', id: dead.id, sagaId: saga, deaths: 1 },
      ...{ step: 'pay', direction: 'action' as const, errorCode: null, reason: null, forced: false },
    },
  ]
  const failed = row('pay', { on: dead.id, second: 25, status: 'dead', attempts: 5, errorCode: 'handler-threw' })
  const found = trace(
    knows('order', { log: [placed] }),
    knows('pay', { log: [failed], waiting: [dead], acts }),
    silent('points'),
  )
  expect(traceText(found, plain)).toBe(`saga ${saga}, first seen 2025-01-31 12:00:01Z
blocked by a dead letter

TIME          SERVICE  STEP   STATUS                TRIES  BECAUSE OF       PUBLISHED
12:00:01.000  order    place  succeeded                    POST /orders     Placed
12:00:25.000  pay      pay    dead (handler-threw)      5  Placed of order

awaited
  Paid or Refused from pay (pay) by 2025-01-31 12:00:21Z, overdue by 9s: Placed of order is dead after 5 tries, handler-threw: no money; id ${saga}/place/action

operators
  2025-01-31 12:00:20Z  ann: replay ${saga}/place/action at pay

not known
  points does not answer`)
})

test('with its rows: what each step changed of them', () => {
  const rows: LoggedStep['rows'] = [
    { table: 'orders', key: saga, before: null, after: { id: saga, status: 'PENDING' } },
    { table: 'orders', key: saga, before: { id: saga, status: 'PENDING' }, after: { id: saga, status: 'CONFIRMED' } },
  ]
  const log = [
    { ...placed, rows: rows.slice(0, 1) },
    { ...confirmed, rows: rows.slice(1) },
  ]
  const text = (of: typeof log) => traceText(trace(knows('order', { log: of })), plain, { rows: true })
  expect(text(log)).toContain(`rows
  12:00:01.000  order place: orders
    + id "${saga}"
    + status "PENDING"
  12:00:03.000  order confirm: orders
    - status "PENDING"
    + status "CONFIRMED"`)
  expect(text([placed])).toContain('rows\n  none is kept: see SAGA_IMAGES')
})
