import { expect, test } from 'vitest'
import { bytesOf, createLane, type OutboundRecord, sequenceAfter, takeBehind, takeExpired, takeFirst } from './lane.ts'

const record = (id: string, o: Partial<OutboundRecord> = {}): OutboundRecord => ({
  ...{ id, topic: 't', partition: 0, key: id, value: Buffer.alloc(100), headers: {}, deadlineMs: Infinity },
  ...o,
})
function lane(...records: OutboundRecord[]) {
  return Object.assign(createLane('t', 0), { waiting: records })
}
const ids = (records: readonly OutboundRecord[]) => records.map(r => r.id).join('')

test('takes from the front up to the bytes, but at least one record, however large', () => {
  const line = lane(record('a', { value: Buffer.alloc(9_999) }), record('b'), record('c'), record('d'))
  expect(ids(takeFirst(line, 300, 0).records)).toBe('a')
  expect(ids(takeFirst(line, 2 * bytesOf(record('b')), 0).records)).toBe('bc')
  expect(ids(line.waiting)).toBe('d')
})

test('takes nothing past its deadline', () => {
  const line = lane(record('a'), record('b', { deadlineMs: 10 }), record('c'))
  expect(ids(takeFirst(line, Infinity, 11).records)).toBe('a')
})

test('what expires takes the records of its saga behind it along', () => {
  const line = lane(record('a', { key: 'x', deadlineMs: 10 }), record('b'), record('c', { key: 'x', deadlineMs: 20 }))
  expect(ids(takeExpired(line, 10))).toBe('')
  expect(ids(takeExpired(line, 11))).toBe('ac')
  expect(ids(line.waiting)).toBe('b')
})

test('a key is the same as text and as bytes', () => {
  const line = lane(record('a', { key: Buffer.from('x') }), record('b', { key: null }))
  expect(ids(takeBehind(line, new Set(['x'])))).toBe('a')
})

test('sequence numbers begin again at 0 after the largest signed 32-bit number, as the broker expects', () => {
  expect(sequenceAfter(2 ** 31 - 2, 1)).toBe(2 ** 31 - 1)
  expect(sequenceAfter(2 ** 31 - 1, 1)).toBe(0)
  expect(sequenceAfter(2 ** 31 - 1, 3)).toBe(2)
})
