import { expect, test } from 'vitest'
import { statement } from '../../testing/audit-sources.fixture.ts'
import { agree, type Party } from './agree.ts'
import type { Statement } from './figures.ts'

const parties: Party[] = [
  { service: 'order', families: ['paid', 'sold', 'kept'], settles: true },
  { service: 'balance', families: ['paid'], settles: false },
  { service: 'inventory', families: ['sold', 'kept'], settles: false },
  { service: 'notification', families: [], settles: false },
]
const sagaId = '01994d52-7d10-7000-8000-000000000001'
const [settledAt, before] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z']
const said = (by: Readonly<Record<string, Partial<Statement>>>) =>
  new Map(Object.entries(by).map(([service, changes]) => [service, statement(sagaId, changes)]))

const confirmed = { ending: 'CONFIRMED', settledAt, figures: { 'paid EUR': 500, 'sold lamp': 2 } }
const cancelled = { ending: 'CANCELLED', settledAt }
const paid = { figures: { 'paid EUR': 500 } }
const sold = { figures: { 'sold lamp': 2 } }

test.each<[string, Readonly<Record<string, Partial<Statement>>>]>([
  ['a confirmed saga, paid and sold', { order: confirmed, balance: paid, inventory: sold, notification: {} }],
  ['a cancelled one, of which nobody says anything', { order: cancelled }],
  ['a cancelled one that was paid and paid back', { order: cancelled, balance: { figures: { 'paid EUR': 0 } } }],
  ['an open one, whatever was done', { order: { ending: 'PENDING' }, balance: paid, inventory: sold }],
])('all agree on %s', (_, by) => {
  const { standing, disagree } = agree(parties, said(by), before)
  expect(standing).toBe(by.order?.settledAt ? 'settled' : 'open')
  expect(disagree).toEqual({})
})

test.each<[string, Readonly<Record<string, Partial<Statement>>>, object]>([
  ['a debit is missing', { order: confirmed, inventory: sold }, { 'paid EUR': { order: 500, balance: 0 } }],
  [
    'it was deducted twice',
    { order: confirmed, inventory: sold, balance: { figures: { 'paid EUR': 1_000 } } },
    { 'paid EUR': { order: 500, balance: 1_000 } },
  ],
  [
    'it was paid in another currency',
    { order: confirmed, inventory: sold, balance: { figures: { 'paid USD': 500 } } },
    { 'paid EUR': { order: 500, balance: 0 }, 'paid USD': { order: 0, balance: 500 } },
  ],
  [
    'another sku was sold',
    { order: confirmed, balance: paid, inventory: { figures: { 'sold tea': 2 } } },
    { 'sold lamp': { order: 2, inventory: 0 }, 'sold tea': { order: 0, inventory: 2 } },
  ],
  [
    'stock is sold and still kept',
    { order: confirmed, balance: paid, inventory: { figures: { 'sold lamp': 2, 'kept lamp': 2 } } },
    { 'kept lamp': { order: 0, inventory: 2 } },
  ],
  ['a cancelled one is paid', { order: cancelled, balance: paid }, { 'paid EUR': { order: 0, balance: 500 } }],
])('disagreement: %s', (_, by, disagree) => {
  expect(agree(parties, said(by), before)).toEqual({
    standing: 'settled',
    ending: by.order!.ending,
    disagree,
  })
})

test('of an open saga only the families of which it is sure are compared, and all of their figures', () => {
  const sure = { ending: 'REFUNDING', figures: { 'paid EUR': 500 } }
  const { disagree, standing } = agree(
    parties,
    said({ order: sure, balance: { figures: { 'paid USD': 500 } }, inventory: { figures: { 'kept lamp': 9 } } }),
    before,
  )
  expect(standing).toBe('open')
  expect(disagree).toEqual({ 'paid EUR': { order: 500, balance: 0 }, 'paid USD': { order: 0, balance: 500 } })
  const nothing = { ending: 'CANCELLED', figures: { kept: 0 } }
  expect(agree(parties, said({ order: nothing, inventory: { figures: { 'kept lamp': 2 } } }), before).disagree).toEqual(
    {
      'kept lamp': { order: 0, inventory: 2 },
    },
  )
})

test('one that settled at the moment or after it is left out', () => {
  const later = { ...confirmed, settledAt: before }
  expect(agree(parties, said({ order: later }), before)).toEqual({
    standing: 'later',
    ending: 'CONFIRMED',
    disagree: {},
  })
})

test('a saga that who settles it does not know is unknown, unless nobody else has heard of it', () => {
  expect(agree(parties, said({ balance: paid }), before).standing).toBe('unknown')
  expect(agree(parties, said({ notification: {} }), before).standing).toBe('unknown')
  // Its engine has seen a message of the saga, its tables have no row of it.
  expect(agree(parties, said({ order: {}, balance: paid }), before).standing).toBe('unknown')
  expect(agree(parties, said({ order: {} }), before).standing).toBe('nobody')
})

test('with two who settle, each speaks of its own sagas; one that both know is settled when both say so', () => {
  const two = [...parties, { service: 'returns', families: ['paid'], settles: true }]
  expect(agree(two, said({ returns: cancelled, balance: paid }), before)).toMatchObject({
    standing: 'settled',
    disagree: { 'paid EUR': { order: 0, balance: 500, returns: 0 } },
  })
  expect(agree(two, said({ order: cancelled, returns: { ending: 'ASKED' } }), before)).toMatchObject({
    ...{ standing: 'open', ending: 'CANCELLED, ASKED' },
  })
  const later = { ending: 'RETURNED', settledAt: before }
  expect(agree(two, said({ order: cancelled, returns: later }), before).standing).toBe('later')
})

test('figures are told in the order of their names, whoever names them first', () => {
  const { disagree } = agree(
    parties,
    said({ order: confirmed, balance: {}, inventory: { figures: { 'kept tea': 1 } } }),
    before,
  )
  expect(Object.keys(disagree)).toEqual(['kept tea', 'paid EUR', 'sold lamp'])
})
