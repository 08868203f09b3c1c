import { expect, test } from 'vitest'
import { at, knows, now, placed, row, saga, silent, trace, waiting } from '../../operating/trace/trace.fixture.ts'
import { traceText } from './lines.ts'

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
  const plain = { styled: (_: unknown, text: string) => text, columns: undefined }
  expect(traceText(found, now, plain)).toBe(`saga ${saga}, first seen 2025-01-31 12:00:01Z
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
