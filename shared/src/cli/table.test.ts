import { expect, test } from 'vitest'
import { oneLine, table } from './table.ts'

const rows = [
  { name: 'order', n: 3, note: '' },
  { name: 'inventory', n: 12, note: '' },
]
const columns = [
  { title: 'SERVICE', of: (row: (typeof rows)[number]) => row.name },
  { title: 'DEAD', of: (row: (typeof rows)[number]) => String(row.n), align: 'right' as const },
  { title: 'NOTE', of: (row: (typeof rows)[number]) => row.note },
]

test('columns are as wide as what stands in them, and empty ones are left out', () =>
  expect(table(rows, columns)).toBe('SERVICE    DEAD\norder         3\ninventory    12'))

test('a line is cut to the width of a window, and nowhere else', () => {
  const long = [{ name: 'x'.repeat(30), n: 1, note: 'y' }]
  expect(table(long, columns, 10).split('\n')[1]).toBe(`${'x'.repeat(9)}…`)
  expect(table(long, columns).split('\n')[1]).toContain('x'.repeat(30))
})

test('colours take no place, and are ended where a line is cut', () => {
  const red = [{ name: `\x1b[31m${'x'.repeat(9)}\x1b[39m`, n: 1, note: '' }]
  expect(table(red, columns)).toBe(`SERVICE    DEAD\n\x1b[31m${'x'.repeat(9)}\x1b[39m     1`)
  expect(table(red, columns, 5).split('\n')[1]).toBe('\x1b[31mxxxx\x1b[39m…')
})

test('what others wrote cannot move the cursor or break a line', () =>
  expect(oneLine('a\nb\x1b[2Jc\u009bd\te')).toBe('a b?[2Jc?d e'))
