import { expect, test } from 'vitest'
import { produceError } from './produce-errors.ts'

test.each([
  [7, 'REQUEST_TIMED_OUT', 'repeat'],
  [19, 'NOT_ENOUGH_REPLICAS', 'repeat'],
  [10, 'MESSAGE_TOO_LARGE', 'refuse'],
  [45, 'OUT_OF_ORDER_SEQUENCE_NUMBER', 'end'],
] as const)('%i is %s: %s', (code, name, consequence) => expect(produceError(code)).toEqual({ name, consequence }))

test('an error that is not known ends the producer id', () =>
  expect(produceError(4711)).toEqual({ name: 'error 4711', consequence: 'end' }))
