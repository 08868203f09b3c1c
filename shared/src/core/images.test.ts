import { expect, test } from 'vitest'
import { type Image, imagesInFull, storedImages } from './images.ts'
import type { Row } from './views.ts'

const changed = (at: Image['at'], before: Row | null, after: Row | null): Image => ({
  ...{ table: 'orders', at, before, after },
})
/** As the database keeps them. */
const kept = (...images: Image[]): Image[] => JSON.parse(JSON.stringify(storedImages(images)))
const lines = [{ sku: 'tea' }]
const placed = { id: 'a', status: 'PENDING', lines, reason: null }
const cancelled = { ...placed, status: 'CANCELLED', reason: 'no' }

test('of a row that changes only what changes is kept', () => {
  expect(kept(changed([1, 0], placed, cancelled))).toEqual([
    changed([1, 0], { status: 'PENDING', reason: null }, { status: 'CANCELLED', reason: 'no' }),
  ])
  expect(kept(changed([1, 0], placed, { ...placed }))).toEqual([])
})

test('it is whole again on top of what was kept before, by arrival and not by the order of the steps', () => {
  const images = [changed([7, 4], cancelled, null), changed([7, 2], placed, cancelled), changed([3, 9], null, placed)]
  const steps = images.map(image => ({ images: kept(image) }))
  expect(imagesInFull(steps)).toEqual(images.map(image => ({ images: [image] })))
})

test('rows of different tables are not mixed', () => {
  const debit = { ...changed([1, 1], null, { id: 'a', amount: 5 }), table: 'debits' }
  const steps = [
    { images: kept(changed([1, 0], null, placed), debit) },
    { images: kept(changed([2, 0], placed, cancelled)) },
  ]
  expect(imagesInFull(steps)[1]!.images).toEqual([changed([2, 0], placed, cancelled)])
})

test('without the beginning, what changed is all that is known', () => {
  expect(imagesInFull([{ images: kept(changed([2, 0], placed, cancelled)) }])[0]!.images[0]!.after).toEqual({
    ...{ status: 'CANCELLED', reason: 'no' },
  })
})

test('a field that the handler leaves out of a row stays as it was', () => {
  const [first, second] = [changed([1, 0], null, placed), changed([2, 0], placed, { id: 'a', status: 'CANCELLED' })]
  const [, step] = imagesInFull([{ images: kept(first) }, { images: kept(second) }])
  expect(step!.images[0]!.after).toEqual({ ...placed, status: 'CANCELLED' })
})

test('an integer beyond what JSON can say is kept as its text', () => {
  expect(kept(changed([1, 0], null, { id: 'a', total: 2n ** 61n, parts: [2n ** 60n, null] }))).toEqual([
    changed([1, 0], null, { id: 'a', total: `${2n ** 61n}`, parts: [`${2n ** 60n}`, null] }),
  ])
})
