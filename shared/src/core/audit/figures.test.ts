import { expect, test } from 'vitest'
import { auditOf, figure, none } from '../../audit.ts'
import { state } from '../../states.ts'
import type { Row } from '../views.ts'
import { familyOf, figuresOfRows } from './figures.ts'

interface Sale {
  readonly saleId: string
  readonly status: string
  readonly settledAt: Date | null
}
interface Parcel {
  readonly parcelId: string
  readonly pieces: number
}
const states = {
  sales: state<Sale>()({ table: 'sales', key: 'saleId' }),
  parcels: state<Parcel>()({ table: 'parcels', key: 'parcelId' }),
}
const audit = auditOf(states, {
  figures: ['sold', 'sent'],
  settles: {
    sales: ({ status, settledAt }) => ({
      ...{ ending: status, settledAt },
      figures: status === 'sold' ? [figure('sold', 'lamp', 2), figure('sold', 'lamp', 1)] : [none('sold')],
    }),
  },
  says: { parcels: ({ pieces }) => [figure('sent', 'lamp', pieces)] },
})
const settledAt = new Date('2026-01-01T00:00:00.000Z')
const said = (rows: Record<string, object[]>) => [...figuresOfRows(audit, rows as Record<string, Row[]>)]

test('of each saga it is told how it ended, when, and its figures summed up', () =>
  expect(said({ sales: [{ saleId: '1', status: 'sold', settledAt }] })).toEqual([
    ['1', { ending: 'sold', settledAt: '2026-01-01T00:00:00.000Z', figures: { 'sold lamp': 3 } }],
  ]))
test('an open one has no moment; a family of which there is nothing is named as 0', () =>
  expect(said({ sales: [{ saleId: '1', status: 'open', settledAt: null }] })).toEqual([
    ['1', { ending: 'open', settledAt: null, figures: { sold: 0 } }],
  ]))
test('what other tables say of the saga is added; of one that nobody settles there is no ending', () =>
  expect(
    said({
      sales: [{ saleId: '1', status: 'sold', settledAt }],
      parcels: [
        { parcelId: '1', pieces: 3 },
        { parcelId: '2', pieces: 1 },
      ],
    }),
  ).toEqual([
    ['1', { ending: 'sold', settledAt: '2026-01-01T00:00:00.000Z', figures: { 'sold lamp': 3, 'sent lamp': 3 } }],
    ['2', { ending: null, settledAt: null, figures: { 'sent lamp': 1 } }],
  ]))
test('tables without rows say nothing', () => expect(said({})).toEqual([]))
test('a family that is not declared is a mistake', () => {
  const undeclared = { ...audit, families: ['sold', 'kept'] }
  expect(() => figuresOfRows(undeclared, { parcels: [{ parcelId: '1', pieces: 1 }] })).toThrow(
    new RangeError('a figure of sent, which the audit does not declare among sold, kept'),
  )
})
test('the family is the first word', () =>
  expect(['sold lamp of glass', 'kept'].map(familyOf)).toEqual(['sold', 'kept']))
