import { expect, test } from 'vitest'
import { PermanentError } from '../errors.ts'
import { codeOf } from './fail.ts'

const withCode = (code: string) => Object.assign(new Error('no'), { code })

test('a code says where an error comes from: ours, the database, or the handler', () => {
  expect(codeOf(new PermanentError('paid-twice', 'no'))).toBe('paid-twice')
  const refused = Object.assign(withCode('23514'), { severity: 'ERROR' })
  expect(codeOf(refused)).toBe('sqlstate-23514')
  // Five capitals too, and not the database's: Node's, and nodemailer's.
  for (const code of ['EPIPE', 'EAUTH']) expect(codeOf(withCode(code))).toBe('handler-threw')
  for (const thrown of [undefined, null, 'no', 42, new Error('no')]) expect(codeOf(thrown)).toBe('handler-threw')
})
