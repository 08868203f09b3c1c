import { expect, test } from 'vitest'
import { auditOf } from '../audit.ts'
import { state } from '../states.ts'
import { firstSagaIdAt } from './ids.ts'
import { settledIn } from './settled.ts'
import { loadedTable, type Row } from './views.ts'

interface Sale {
  readonly saleId: string
  readonly status: string
  readonly settledAt: Date | null
}
const states = { sales: state<Sale>()({ table: 'sales', key: 'saleId' }) }
const audit = auditOf(states, {
  settles: { sales: ({ status, settledAt }) => ({ ending: status, settledAt, figures: [] }) },
})
const beganMs = Date.UTC(2025, 0, 1)
const saleId = firstSagaIdAt(beganMs)
const sale = (status: string, afterSeconds?: number): Sale => ({
  ...{ saleId, status },
  settledAt: afterSeconds === undefined ? null : new Date(beganMs + afterSeconds * 1_000),
})

function settled(before: Sale | undefined, now: Sale | undefined) {
  const table = loadedTable('sales', 'saleId', new Map([[saleId, before as Row | undefined]]))
  table.current.set(saleId, now as Row | undefined)
  return settledIn(audit, new Map([['sales', table]]))
}

test('a saga that settles is told with how it ended, and how long it took', () =>
  expect(settled(sale('open'), sale('sold', 2.5))).toEqual([{ ending: 'sold', seconds: 2.5 }]))
test('so is one that begins and settles at once', () =>
  expect(settled(undefined, sale('refused', 0))).toEqual([{ ending: 'refused', seconds: 0 }]))
test('and one that was settled before and settles anew', () =>
  expect(settled(sale('sold', 2), sale('given back', 90))).toEqual([{ ending: 'given back', seconds: 90 }]))
test.each([
  ['is still open', sale('open'), sale('open')],
  ['is opened again', sale('sold', 2), sale('open')],
  ['was settled, and is changed otherwise', sale('sold', 2), { ...sale('sold', 2) }],
  ['was only looked at', undefined, undefined],
  ['is deleted', sale('sold', 2), undefined],
])('one that %s has not', (_, before, now) => expect(settled(before, now)).toEqual([]))
