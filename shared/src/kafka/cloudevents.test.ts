import { CloudEvent, Kafka } from 'cloudevents'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CONTENT_TYPE, readHeaders, writeHeaders } from './cloudevents.ts'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const event = {
  id: 'o-1/deduct_balance/action',
  service: 'balance',
  type: 'shop.balance.BalanceDeducted',
  time: new Date('2026-02-03T04:05:06.789Z'),
  sagaId: 'o-1',
  causationId: 'o-1/reserve_stock/action',
  traceparent,
}

test('the headers are those of the design', () => {
  expect(writeHeaders(event)).toEqual({
    ce_specversion: '1.0',
    ce_id: 'o-1/deduct_balance/action',
    ce_source: '/balance',
    ce_type: 'shop.balance.BalanceDeducted',
    ce_time: '2026-02-03T04:05:06.789Z',
    ce_subject: 'o-1',
    ce_correlationid: 'o-1',
    ce_causationid: 'o-1/reserve_stock/action',
    traceparent,
    'content-type': CONTENT_TYPE,
  })
})

test('an event that a command began names no cause', () => {
  const { causationId: _, traceparent: __, ...begun } = event
  expect(Object.keys(writeHeaders(begun))).not.toContain('ce_causationid')
  expect(Object.keys(writeHeaders({ ...begun, causationId: undefined, traceparent: undefined }))).toEqual(
    Object.keys(writeHeaders(begun)),
  )
})

test('the CloudEvents SDK accepts a record as a binary-mode event', () => {
  const value = Buffer.from([0, 0, 0, 0, 7, 6])
  const record = { key: 'o-1', value, body: value, headers: writeHeaders(event), timestamp: '1770091506789' }
  expect(Kafka.isEvent(record)).toBe(true)

  const accepted = Kafka.toEvent<Buffer>(record)
  if (!(accepted instanceof CloudEvent)) throw new Error('expected one event')
  expect(accepted.validate()).toBe(true)
  expect(accepted.toJSON()).toMatchObject({
    specversion: '1.0',
    id: event.id,
    source: '/balance',
    type: event.type,
    time: '2026-02-03T04:05:06.789Z',
    subject: 'o-1',
    correlationid: 'o-1',
    causationid: event.causationId,
    datacontenttype: CONTENT_TYPE,
  })
  expect(accepted.data).toEqual(value)
})

test('the CloudEvents SDK writes such an event with the same headers', () => {
  const { traceparent: _, ...own } = writeHeaders(event)
  const record = { key: 'o-1', value: 'x', body: 'x', headers: own, timestamp: '' }
  const accepted = Kafka.toEvent<string>(record)
  // It repeats datacontenttype as a ce_ header and adds the key; the rest must be ours.
  expect(Kafka.binary(accepted as CloudEvent<string>).headers).toMatchObject(own)
})

test.each([
  ['strings', (value: string) => value],
  ['buffers, as kafkajs gives them', (value: string) => Buffer.from(value)],
  ['lists, as kafkajs gives repeated ones', (value: string) => [Buffer.from(value), Buffer.from('second')]],
  ['lists whose first is empty', (value: string) => ['', value]],
])('reads headers that are %s', (_, as) => {
  const headers = Object.fromEntries(Object.entries(writeHeaders(event)).map(([name, value]) => [name, as(value)]))
  expect(readHeaders(headers)).toEqual({
    id: event.id,
    source: '/balance',
    type: event.type,
    time: event.time,
    subject: 'o-1',
    correlationId: 'o-1',
    causationId: event.causationId,
    traceparent,
  })
})

test.each([
  ['no headers', undefined],
  ['none of ours', { other: 'x' }],
  [
    'nothing in them',
    {
      ce_id: undefined,
      ce_source: null,
      ce_type: '',
      ce_time: [],
      ce_subject: [[]],
      ce_correlationid: Buffer.alloc(0),
    },
  ],
  ['what PostgreSQL cannot store', { ce_id: 'a\0', ce_source: Buffer.from('\0'), ce_type: ['\0'] }],
  ['what is not a time or a trace', { ce_time: 'soon', traceparent: 'on' }],
  [
    'what is not text at all',
    { ce_id: 7, ce_source: {}, ce_type: true, ce_time: new Date(), traceparent: Symbol('t') },
  ],
])('finds nothing in %s', (_, headers) => {
  expect(Object.values(readHeaders(headers as never)).every(value => value === undefined)).toBe(true)
})

test.each([
  [traceparent, true],
  ['01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-later', true],
  [`${traceparent}-more`, false],
  ['ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', false],
  ['00-00000000000000000000000000000000-b7ad6b7169203331-01', false],
  ['00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01', false],
  ['00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01', false],
])('traceparent %s is passed on: %s', (value, kept) =>
  expect(readHeaders({ traceparent: value }).traceparent).toBe(kept ? value : undefined),
)

test('never throws, whatever the headers are', () => {
  const value = fc.oneof(fc.anything(), fc.uint8Array(), fc.array(fc.uint8Array()), fc.string({ unit: 'binary' }))
  const names = fc.constantFrom(
    'ce_id',
    'ce_source',
    'ce_type',
    'ce_time',
    'ce_subject',
    'ce_correlationid',
    'ce_causationid',
    'traceparent',
  )
  fc.assert(
    fc.property(fc.dictionary(names, value), headers => {
      expect(readHeaders(headers as never)).toBeTypeOf('object')
    }),
  )
})
