import { expect, test } from 'vitest'
import { difference } from './row-lines.ts'

test('a row is told by what it loses and gains, column by column', () => {
  expect(difference({ id: 'a', balance: 5, note: null }, { id: 'a', balance: 3, note: 'x' })).toEqual([
    ...[
      { sign: '-', text: 'balance 5' },
      { sign: '+', text: 'balance 3' },
    ],
    ...[
      { sign: '-', text: 'note null' },
      { sign: '+', text: 'note "x"' },
    ],
  ])
  expect(difference(null, { id: 'a' })).toEqual([{ sign: '+', text: 'id "a"' }])
  expect(difference({ id: 'a' }, null)).toEqual([{ sign: '-', text: 'id "a"' }])
  expect(difference({ lines: [{ n: 1 }] }, { lines: [{ n: 1 }] })).toEqual([])
})
