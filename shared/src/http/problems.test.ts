import { expect, test } from 'vitest'
import { problem } from './problems.ts'

test('a problem is made without a stack, and leaves other errors theirs', () => {
  expect(problem('overloaded', 'too many').stack).not.toContain('problems')
  expect(new Error('another').stack).toContain('problems.test.ts')
})
