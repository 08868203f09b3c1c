import { expect, test } from 'vitest'
import { askedBy, withFilter } from './filters.ts'

test('the API is asked for filters and page alone, in one order whatever the URL’s', () => {
  const [one, other] = ['?step=a&hours=6&state=open&after=x', '?after=x&state=open&item=1&step=a'].map(search =>
    askedBy(new URLSearchParams(search)),
  )
  expect(one).toBe('state=open&step=a&after=x&limit=50')
  expect(other).toBe(one)
})

test('another filter begins at the first page, and leaves the rest of the URL', () => {
  const before = new URLSearchParams('?state=open&after=x&hours=6')
  expect(withFilter(before, 'step', 'a').toString()).toBe('state=open&hours=6&step=a')
  expect(withFilter(before, 'state', '').toString()).toBe('hours=6')
  expect(before.get('after')).toBe('x')
})
