import { expect, test } from 'vitest'
import { bytesOf, hexDump } from './hex-dump.ts'

test('sixteen bytes to a line, with what can be printed', () => {
  const bytes = bytesOf(btoa('\0\x01<script>alert(1)\xff'))
  expect(hexDump(bytes)).toBe(
    [
      '0000  00 01 3c 73 63 72 69 70 74 3e 61 6c 65 72 74 28  ..<script>alert(',
      '0010  31 29 ff                                         1).',
    ].join('\n'),
  )
})

test('no bytes are no lines', () => {
  expect(hexDump(bytesOf(''))).toBe('')
})
