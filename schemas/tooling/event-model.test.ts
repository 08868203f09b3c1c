import { expect, test } from 'vitest'
import { readAvscFiles } from './avsc-files.ts'
import { eventModel } from './event-model.ts'
import { typescriptOf } from './typescript.ts'

const sagaId = { name: 'tripId', type: 'string', sagaId: true }
const file = (changes: object = {}, path = 'trip/TripBooked.avsc') => ({
  path,
  avro: {
    type: 'record',
    name: 'TripBooked',
    namespace: 'demo.trip',
    topic: 'trip.events.v1',
    fields: [sagaId],
    ...changes,
  },
})
const field = (type: unknown, more: object = {}) => file({ fields: [sagaId, { name: 'value', type, ...more }] })
const record = (name: string, ...fields: object[]) => ({ type: 'record', name, fields })
const tsTypeOf = (type: unknown, more: object = {}) => eventModel([field(type, more)]).events[0]!.fields[1]!.tsType

test.each([
  ['string', 'string'],
  ['boolean', 'boolean'],
  ['int', 'number'],
  ['long', 'number'],
  ['double', 'number'],
  [['null', 'long'], 'number | null'],
  [{ type: 'array', items: 'string' }, 'readonly string[]'],
  [{ type: 'array', items: ['null', 'string'] }, 'readonly (string | null)[]'],
  [record('Leg', { name: 'city', type: 'string' }), 'Leg'],
  [['null', record('Leg', { name: 'city', type: 'string' })], 'Leg | null'],
])('the Avro type %j is %s in TypeScript', (type, expected) => expect(tsTypeOf(type)).toBe(expected))

test('a closed set of values is a union of literals, nullable or not', () => {
  expect(tsTypeOf('string', { values: ['car', 'a "$&" train'] })).toBe(String.raw`"car" | "a \"$&\" train"`)
  expect(tsTypeOf(['null', 'string'], { default: null, values: ['car'] })).toBe('"car" | null')
})

test('a record that several events repeat is one type; it may be named again inside a schema', () => {
  const leg = record('Leg', { name: 'city', type: 'string' })
  const other = file(
    { name: 'TripCancelled', fields: [sagaId, { name: 'from', type: leg }, { name: 'to', type: 'Leg' }] },
    'trip/TripCancelled.avsc',
  )
  const { events, records } = eventModel([field(leg), other])
  expect(records.map(r => r.name)).toEqual(['Leg'])
  expect(events.map(e => e.fields.map(f => f.tsType))).toEqual([
    ['string', 'Leg'],
    ['string', 'Leg', 'Leg'],
  ])
})

const twice = [file(), file({ namespace: 'demo.hotel' }, 'hotel/TripBooked.avsc')]
const legs = [
  field(record('Leg', { name: 'city', type: 'string' })),
  file({ name: 'Left', fields: [sagaId, { name: 'leg', type: record('Leg') }] }, 'trip/Left.avsc'),
]
test.each([
  ['no saga id', [file({ fields: [] })], 'trip/TripBooked.avsc: no field is marked "sagaId": true'],
  ['two saga ids', [file({ fields: [sagaId, { ...sagaId, name: 'other' }] })], 'tripId and other are both marked'],
  [
    'a saga id that may be null',
    [file({ fields: [{ ...sagaId, type: ['null', 'string'] }] })],
    'must be a plain string, found string | null',
  ],
  ['a saga id with values', [file({ fields: [{ ...sagaId, values: ['a'] }] })], 'must be a plain string, found "a"'],
  [
    'a field called type',
    [file({ fields: [sagaId, { name: 'type', type: 'string' }] })],
    'a field may not be called "type"',
  ],
  [
    'a field called kind',
    [file({ fields: [sagaId, { name: 'kind', type: 'string' }] })],
    'a field may not be called "kind"',
  ],
  ['no topic', [file({ topic: undefined })], 'needs a "topic"'],
  ['no namespace', [file({ namespace: undefined })], 'needs a "namespace"'],
  ['the wrong folder', [file({}, 'hotel/TripBooked.avsc')], 'demo.trip.TripBooked belongs into trip/TripBooked.avsc'],
  ['not a record', [{ path: 'trip/TripBooked.avsc', avro: 'string' }], 'an event is an Avro record'],
  ['a name in lower case', [file({ name: 'tripBooked' })], 'an event is named like OrderPlaced, found "tripBooked"'],
  ['an event called Event', [file({ name: 'Event' }, 'trip/Event.avsc')], 'Event is the name of a type of the kit'],
  ['two events of one name', twice, 'hotel/TripBooked.avsc: there is a TripBooked in trip/TripBooked.avsc already'],
  [
    'a record named like an event',
    [field({ ...record('TripBooked'), namespace: 'demo.other' })],
    'the record TripBooked takes a name that is in use',
  ],
  ['two records of one name', legs, 'trip/Left.avsc: its record Leg differs from the one in trip/TripBooked.avsc'],
  ['an enum', [field({ type: 'enum', name: 'Class', symbols: ['A'] })], 'which is not supported here'],
  ['bytes', [field('bytes')], '"value" has the type "bytes", which is not supported here'],
  ['a map', [field({ type: 'map', values: 'string' })], 'which is not supported here'],
  ['a logical type', [field({ type: 'long', logicalType: 'timestamp-millis' })], 'which is not supported here'],
  ['a union of three', [field(['null', 'string', 'long'])], 'which is not supported here'],
  ['an unknown name', [field('Leg')], '"value" has the type "Leg", which is not supported here'],
  [
    'values of a number',
    [field('long', { values: ['1'] })],
    '"value" has "values", so it must be a string, found number',
  ],
  [
    'values of a list',
    [field({ type: 'array', items: 'string' }, { values: ['1'] })],
    'it must be a string, found readonly string[]',
  ],
  ['no values', [field('string', { values: [] })], '"values" of "value" must be a list of strings'],
  [
    'a field in snake_case',
    [file({ fields: [sagaId, { name: 'trip_name', type: 'string' }] })],
    'fields are named in camelCase, found "trip_name"',
  ],
  [
    'a field called __proto__',
    [file({ fields: [sagaId, { name: '__proto__', type: 'string' }] })],
    'fields are named in camelCase',
  ],
  ['a default that does not fit', [field('long', { default: 'none' })], 'is not a valid Avro schema'],
  ['no fields', [file({ fields: undefined })], 'the record TripBooked needs "fields"'],
])('refuses %s', (_, files, message) => expect(() => eventModel(files)).toThrow(message))

test('documentation cannot end its own comment', () => {
  expect(typescriptOf(eventModel([file({ doc: 'Over */ hack()' })]))).toContain(
    '/** Over *\\/ hack() */\nexport type TripBooked',
  )
})

test('the shop has the events of the flow table', () => {
  const { events } = eventModel(readAvscFiles(`${import.meta.dirname}/..`))
  expect(events.map(e => e.fullName)).toEqual([
    'shop.balance.BalanceDeducted',
    'shop.balance.BalanceRefunded',
    'shop.balance.BalanceRejected',
    'shop.inventory.StockCommitted',
    'shop.inventory.StockRejected',
    'shop.inventory.StockReleased',
    'shop.inventory.StockReserved',
    'shop.inventory.StockReturned',
    'shop.notification.NotificationSent',
    'shop.order.OrderCancelled',
    'shop.order.OrderConfirmed',
    'shop.order.OrderPlaced',
    'shop.order.OrderRefunded',
    'shop.order.RefundRequested',
  ])
  for (const event of events) {
    expect(event.sagaField).toBe('orderId')
    expect(event.topic).toBe(`${event.fullName.split('.')[1]}.events.v1`)
  }
})
