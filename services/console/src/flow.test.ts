import { expect, test } from 'vitest'
import { flowOf } from './flow.ts'
import { hotel } from './watch/hotel.fixture.ts'

const sorted = (names: string[], by: (a: string, b: string) => number) => names.toSorted(by)

test('services stand as sagas pass through them, and who is not declared comes last', () =>
  expect(sorted(['spa', 'pay', 'bar', 'room', 'desk'], flowOf(hotel).services)).toEqual([
    ...['desk', 'room', 'pay'],
    ...['bar', 'spa'],
  ]))

test('and so do steps', () =>
  expect(sorted(['pay', 'gone', 'reserve', 'confirm', 'book'], flowOf(hotel).steps)).toEqual([
    ...['book', 'reserve', 'pay', 'confirm'],
    'gone',
  ]))

test('a request of which nobody hears begins nothing', () => {
  const [desk, ...others] = hotel
  const paid = { ...desk!.reactions[0]!, on: 'Deposit', step: 'deposit', emits: [] }
  const bank = { ...desk!, service: 'bank', reactions: [paid] }
  expect(sorted(['bank', 'room', 'desk'], flowOf([bank, desk!, ...others]).services)).toEqual(['desk', 'room', 'bank'])
})
