import { expect, test } from 'vitest'
import { createLocks } from './locks.ts'

test('a name has one holder at a time; names are taken all together', async () => {
  const { take } = createLocks()
  const giveBack = await take(['a', 'b'])
  const order: string[] = []
  const first = take(['b', 'c']).then(give => {
    order.push('first')
    return give
  })
  const other = await take(['c'])
  giveBack()
  await Promise.resolve()
  expect(order).toEqual([])
  other()
  const giveFirstBack = await first
  expect(order).toEqual(['first'])
  giveFirstBack()
  await take(['a', 'b', 'c'])
})
