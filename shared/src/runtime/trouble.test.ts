import pg from 'pg'
import { expect, test } from 'vitest'
import { RunAgain } from '../postgres/run-again.ts'
import { troubleOf } from './trouble.ts'

const state = (code: string) => Object.assign(new pg.DatabaseError('no', 2, 'error'), { code })

test.each([
  ['a deadlock', state('40P01'), { kind: 'again' }],
  ['a row that was purged meanwhile', new RunAgain(), { kind: 'again' }],
  ['a statement that took too long', state('57014'), { kind: 'timeout' }],
  ['a full disk', state('53100'), { kind: 'infrastructure', connectionLost: false }],
  ['a lock that was not had in time', state('55P03'), { kind: 'infrastructure', connectionLost: false }],
  ['a shutdown', state('57P01'), { kind: 'infrastructure', connectionLost: true }],
  ['a transaction that stood idle', state('25P03'), { kind: 'infrastructure', connectionLost: true }],
  [
    'a database that takes no connections',
    Object.assign(state('55000'), { severity: 'FATAL' }),
    { kind: 'infrastructure', connectionLost: false },
  ],
  ['a statement that comes too early', state('55000'), { kind: 'refused', code: '55000', constraint: undefined }],
  [
    'a broken socket',
    Object.assign(new Error('read'), { code: 'ECONNRESET' }),
    { kind: 'infrastructure', connectionLost: true },
  ],
  ['a right that was taken away', state('42501'), { kind: 'infrastructure', connectionLost: false }],
  ['a column that is not there', state('42703'), { kind: 'infrastructure', connectionLost: false }],
  ['a constraint', state('23514'), { kind: 'refused', code: '23514', constraint: undefined }],
  ['a bug of ours', new TypeError('x is undefined'), { kind: 'refused', code: 'engine', constraint: undefined }],
])('rule 29: %s', (_, error, trouble) => expect(troubleOf(error)).toEqual(trouble))

test('rule 29: the statements of a sql handler may be wrong by themselves', () =>
  expect(troubleOf(state('42P01'), true)).toMatchObject({ kind: 'refused' }))
