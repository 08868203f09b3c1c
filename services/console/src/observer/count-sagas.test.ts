import { expect, test } from 'vitest'
import { kindsOf } from './count-sagas.ts'

const first = '01a22486-bbd9-7303-ba20-819c16f1b6e2'
const second = '01a22486-bbdd-7a25-9d41-e60593ccb9bf'
const open = { state: 'open', ending: null }
const confirmed = { state: 'settled', ending: 'CONFIRMED' }

test('a saga leaves one kind and joins another, of the minute in which it began', () => {
  const kinds = kindsOf([
    { sagaId: first, from: open, to: confirmed },
    { sagaId: second, from: null, to: open },
    { sagaId: second, from: confirmed, to: confirmed },
  ])
  const minute = new Date(Math.floor(0x01a22486bbd9 / 60_000) * 60_000)
  // The open ones cancel each other out.
  expect(kinds).toEqual([{ minute, state: 'settled', ending: 'CONFIRMED', n: 1 }])
})

test('one that has expired is counted no more', () => {
  expect(kindsOf([{ sagaId: first, from: confirmed, to: null }])).toMatchObject([{ state: 'settled', n: -1 }])
})
