import { expect, test } from 'vitest'
import type { Variant } from './peer.ts'
import { bestOf, type TriedVariant, tryVariants } from './search.ts'

/** What is tried of a peer that does so many sagas a second, one number after the other; undefined is a broken run. */
async function triedOf(
  rates: readonly (number | undefined)[],
  o: { processes?: readonly number[]; together?: number } = {},
) {
  const left = [...rates]
  const tried = await tryVariants(
    { least: 8, connectionsFor: together => Math.min(together, 20), processes: o.processes ?? [1] },
    async (variant: Variant): Promise<TriedVariant> => {
      if (left.length === 0) throw new Error(`${variant.together} under way should not have been tried`)
      const sagasPerSecond = left.shift()
      return { ...variant, sagasPerSecond, violations: sagasPerSecond === undefined ? ['a cent is missing'] : [] }
    },
    o.together,
  )
  return { tried, numbers: tried.map(({ together }) => together), left }
}

test('doubles what is under way until that does no good twice in a row', async () => {
  const { tried, numbers } = await triedOf([100, 150, 200, 205, 190])
  expect(numbers).toEqual([8, 16, 32, 64, 128])
  expect(tried.map(({ connections }) => connections)).toEqual([8, 16, 20, 20, 20])
  expect(bestOf(tried)).toMatchObject({ together: 64, sagasPerSecond: 205 })
})

test('goes on behind one that was disturbed', async () => {
  const { tried } = await triedOf([100, 90, 180, 170, 175])
  expect(bestOf(tried)).toMatchObject({ together: 32, sagasPerSecond: 180 })
})

test('searches anew with each number of processes', async () => {
  const { tried, numbers } = await triedOf([100, 99, 98, 90, 130, 120, 110], { processes: [1, 2] })
  expect(numbers).toEqual([8, 16, 32, 8, 16, 32, 64])
  expect(bestOf(tried)).toMatchObject({ together: 16, processes: 2 })
})

test("a broken run is nobody's best, and ends the search when it repeats", async () => {
  const { tried } = await triedOf([100, undefined, 104, undefined, undefined])
  expect(bestOf(tried)).toMatchObject({ together: 32, sagasPerSecond: 104 })
  expect(bestOf((await triedOf([undefined, undefined])).tried)).toBeUndefined()
})

test('does not search when it is told how many', async () => {
  const { tried } = await triedOf([100, 110], { processes: [1, 2], together: 100 })
  expect(tried).toMatchObject([
    { together: 100, processes: 1 },
    { together: 100, processes: 2 },
  ])
})
