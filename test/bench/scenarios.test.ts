import { expect, test } from 'vitest'
import { optionsFrom } from './options.ts'

test('without options there are open loops for a picture, besides one that is too fast', () => {
  const rates = optionsFrom([]).scenarios.flatMap(({ arrival }) => (arrival.loop === 'open' ? [arrival.perSecond] : []))
  expect(rates).toEqual([300, 500, 600, 900, 5_000])
})
