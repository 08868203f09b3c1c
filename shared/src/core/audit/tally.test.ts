import { describe, expect, test } from 'vitest'
import { statement } from '../../testing/audit-sources.fixture.ts'
import type { Judged } from './agree.ts'
import type { Statement } from './figures.ts'
import { Tally } from './tally.ts'

const parties = [
  { service: 'order', families: ['sold', 'paid'], settles: true },
  { service: 'balance', families: ['paid'], settles: false },
]
type Said = Readonly<Record<string, Partial<Statement>>>
function counted(...sagas: readonly [standing: Judged['standing'], ending: string | null, said: Said][]) {
  const tally = new Tally(parties)
  for (const [standing, ending, said] of sagas) {
    const statements = Object.entries(said).map(([service, changes]) => [service, statement('s', changes)] as const)
    tally.count({ standing, ending, disagree: {} }, new Map(statements))
  }
  return tally
}
const none = { settled: 0, later: 0, open: 0, movedOn: 0, unknown: 0, blocked: 0, discarded: 0 }

describe('each saga is counted once', () => {
  test('by how it stands, and by its ending in the order of their names', () => {
    const { endings, ...counts } = counted(
      ['settled', 'CONFIRMED', {}],
      ['settled', 'CONFIRMED', {}],
      ['open', 'PENDING', {}],
      ['later', 'CANCELLED', {}],
      ['unknown', null, {}],
      ['nobody', null, { order: { discarded: ['pay'] } }],
    ).counts()
    expect(counts).toEqual({ ...none, settled: 2, later: 1, open: 1, unknown: 1 })
    expect(Object.entries(endings)).toEqual([
      ['CANCELLED', { settled: 1, open: 0 }],
      ['CONFIRMED', { settled: 2, open: 0 }],
      ['PENDING', { settled: 0, open: 1 }],
    ])
  })
  test('with a discard, whoever made it; as blocked only while it is open', () => {
    const letter = { order: {}, balance: { openLetter: true } }
    const { endings: _, ...counts } = counted(
      ['settled', 'CONFIRMED', { order: {}, balance: { discarded: ['pay', 'undo pay'] } }],
      ['open', 'PENDING', letter],
      ['settled', 'CONFIRMED', letter],
    ).counts()
    expect(counts).toEqual({ ...none, settled: 2, open: 1, discarded: 1, blocked: 1 })
  })
  test('as moved on', () => {
    const tally = counted()
    tally.movedOn()
    expect(tally.counts()).toEqual({ ...none, endings: {}, movedOn: 1 })
  })
})

describe('what is summed up', () => {
  const paid = {
    order: { figures: { 'paid EUR': 5, 'paid USD': 1 } },
    balance: { figures: { 'paid EUR': 3, 'paid CHF': 1 } },
  }
  test('of settled sagas: each figure by name, what each says of it, and of how many sagas', () => {
    const families = counted(['settled', 'CONFIRMED', paid], ['settled', 'CONFIRMED', paid]).families()
    expect(families).toEqual([
      {
        ...{ family: 'paid', services: ['order', 'balance'], sagas: 2 },
        sums: {
          'paid CHF': { order: 0, balance: 2 },
          'paid EUR': { order: 10, balance: 6 },
          'paid USD': { order: 2, balance: 0 },
        },
      },
      { family: 'sold', services: ['order'], sagas: 0, sums: {} },
    ])
    expect(Object.keys(families[0]!.sums)).toEqual(['paid CHF', 'paid EUR', 'paid USD'])
  })
  test.each(['later', 'open', 'unknown'] as const)('nothing of one that is %s', standing =>
    expect(counted([standing, 'CONFIRMED', paid]).families()).toMatchObject([{ sagas: 0, sums: {} }, { sagas: 0 }]),
  )
})
