import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SmallShop, type Wish } from '../../testing/small-shop.fixture.ts'
import { agree } from './agree.ts'
import { auditOver } from './audit-over.ts'
import type { FigurePage } from './audit-source.ts'
import { violationText } from './violation.ts'

const wishes = fc.array(fc.constantFrom<Wish>('nothing', 'cancel', 'refund'), { minLength: 1, maxLength: 8 })
/** Which message arrives next; some of them before each reading. */
const choices = fc.infiniteStream(fc.nat(20))
const steps = fc.infiniteStream(fc.nat(6))
const pageSize = fc.integer({ min: 1, max: 4 })

function begun(of: readonly Wish[]): SmallShop {
  const shop = new SmallShop()
  for (const wish of of) shop.place(wish)
  return shop
}
const going = (shop: SmallShop, often: IterableIterator<number>, which: IterableIterator<number>) => () => {
  for (let left = often.next().value as number; left > 0; left--) shop.step(which.next().value as number)
}

test('while sagas go on, in any order and between any two readings, nothing true is called a violation', async () => {
  const seen = { movedOn: 0, settled: 0, later: 0, open: 0 }
  await fc.assert(
    fc.asyncProperty(
      wishes,
      steps,
      choices,
      pageSize,
      fc.nat(40),
      fc.integer({ min: -20, max: 20 }),
      async (...drawn) => {
        const [of, often, which, size, first, skewMs] = drawn
        const shop = begun(of)
        for (let n = 0; n < first; n++) shop.step(which.next().value)
        // The auditor's clock is its own.
        const before = new Date(shop.now.getTime() + skewMs)
        const { violations, sagas } = await auditOver(shop.sources(going(shop, often, which)), {
          before,
          pageSize: size,
        })
        expect(violations.map(violationText)).toEqual([])
        for (const name of Object.keys(seen) as (keyof typeof seen)[]) seen[name] += sagas[name]
      },
    ),
    { numRuns: 1_000 },
  )
  // Otherwise it would hold because nothing happened.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20)
})

test('a single reading would call some of them one: that is why suspects are looked at again', async () => {
  let wrong = 0
  await fc.assert(
    fc.asyncProperty(wishes, steps, choices, async (of, often, which) => {
      const shop = begun(of)
      for (let n = 0; n < 20; n++) shop.step(which.next().value)
      const before = new Date(shop.now.getTime() + 60_000).toISOString()
      const sources = shop.sources(going(shop, often, which))
      const pages: FigurePage[] = []
      for (const source of sources) pages.push(await source.figures({ before, after: null, limit: 100 }))
      const parties = sources.map(({ service }, i) => ({ service, ...pages[i]! }))
      for (const sagaId of shop.sagaIds) {
        const said = pages.flatMap((page, i) => page.sagas.filter(s => s.sagaId === sagaId).map(s => [i, s] as const))
        const judged = agree(parties, new Map(said.map(([i, s]) => [sources[i]!.service, s])), before)
        if (Object.keys(judged.disagree).length > 0 || judged.standing === 'unknown') wrong++
      }
    }),
    { numRuns: 300 },
  )
  expect(wrong).toBeGreaterThan(0)
})

const faults: Record<string, Parameters<SmallShop['tamper']>[1]> = {
  'a debit too much': ({ balance }) => balance.deducted++,
  'a debit paid back twice': ({ balance }) => balance.refunded++,
  'a piece kept': ({ inventory }) => inventory.kept++,
  'a piece sold twice': ({ inventory }) => inventory.sold++,
  'an order that never ended': ({ order }) => Object.assign(order, { settledAtMs: null }),
}

test('once all has ended nothing is wrong, and whatever is then made wrong with one saga is found, and no other', async () => {
  await fc.assert(
    fc.asyncProperty(wishes, choices, fc.constantFrom(...Object.keys(faults)), fc.nat(), pageSize, async (...drawn) => {
      const [of, which, fault, nth, size] = drawn
      const shop = begun(of)
      while (shop.step(which.next().value));
      const audit = async () => {
        const o = { before: new Date(shop.now.getTime() + 1), pageSize: size, atRest: true }
        const { violations, sagas } = await auditOver(
          shop.sources(() => {}),
          o,
        )
        return { sagas, wrong: violations.map(v => ('sagaId' in v ? v.sagaId : undefined)) }
      }
      expect(await audit()).toMatchObject({ wrong: [], sagas: { settled: of.length, open: 0, movedOn: 0 } })
      const ill = shop.sagaIds[nth % of.length]!
      shop.tamper(ill, faults[fault]!)
      expect((await audit()).wrong).toEqual([ill])
    }),
    { numRuns: 300 },
  )
})
