import { expect, test } from 'vitest'
import { incompatibilities } from './compatibility.ts'

const id = { name: 'tripId', type: 'string', sagaId: true }
const leg = { type: 'record', name: 'Leg', fields: [{ name: 'city', type: 'string' }] }
const price = { name: 'priceMinor', type: 'long' }
const how = { name: 'how', type: 'string', values: ['car', 'train'] }
const legs = { name: 'legs', type: { type: 'array', items: leg } }
const note = { name: 'note', type: ['null', 'string'], default: null }
const trip = (...fields: object[]) => ({
  type: 'record',
  name: 'TripBooked',
  namespace: 'demo.trip',
  topic: 'trip.events.v1',
  fields,
})
const before = trip(id, price, how, legs, note)

test.each([
  ['nothing changed', before],
  ['a field with a default is new', trip(id, price, how, legs, note, { name: 'seats', type: 'int', default: 1 })],
  [
    'a record with a default is new',
    trip(id, price, how, legs, note, { name: 'home', type: 'Leg', default: { city: '' } }),
  ],
  ['a field with a default is gone', trip(id, price, how, legs)],
  ['a value is new', trip(id, price, { ...how, values: ['car', 'train', 'boat'] }, legs, note)],
  ['the set of values is open now', trip(id, price, { name: 'how', type: 'string' }, legs, note)],
  [
    'a record is named in full',
    trip(id, price, how, legs, note, { name: 'home', type: 'demo.trip.Leg', default: { city: '' } }),
  ],
  ['the order is another', trip(note, legs, how, price, id)],
  ['the documentation is another', { ...trip(id, { ...price, doc: 'Of all.' }, how, legs, note), doc: 'More.' }],
])('accepts that %s', (_, after) => expect(incompatibilities(after, before)).toEqual([]))

const NEW_NEEDS_DEFAULT =
  'what was written with it cannot be read any more: no matching field for default-less demo.trip.TripBooked.seats'
const OLD_NEEDS_FIELD =
  'code that knows only it cannot read what would be written now: no matching field for default-less demo.trip.TripBooked.priceMinor'
test.each([
  [
    'a field without a default is new',
    trip(id, price, how, legs, note, { name: 'seats', type: 'int' }),
    NEW_NEEDS_DEFAULT,
  ],
  ['a field without a default is gone', trip(id, how, legs, note), OLD_NEEDS_FIELD],
  ['a field has another name', trip(id, { ...price, name: 'seats' }, how, legs, note), NEW_NEEDS_DEFAULT],
  ['a type is another', trip(id, { ...price, type: 'string' }, how, legs, note), 'priceMinor was long and is string'],
  [
    'a type is wider',
    trip(id, { ...price, type: 'double' }, how, legs, note),
    'code that knows only it cannot read what would be written now',
  ],
  ['a type is narrower', trip(id, { ...price, type: 'int' }, how, legs, note), 'priceMinor was long and is int'],
  [
    'text became bytes, which Avro would allow',
    trip(id, price, { name: 'how', type: 'bytes' }, legs, note),
    'how was string and is bytes',
  ],
  [
    'a field may be null now',
    trip(id, { ...price, type: ['null', 'long'] }, how, legs, note),
    'code that knows only it cannot read what would be written now',
  ],
  [
    'a field may not be null any more',
    trip(id, price, how, legs, { ...note, type: 'string', default: '' }),
    'note was null or string and is string',
  ],
  [
    'a type deep inside is another',
    trip(
      id,
      price,
      how,
      { ...legs, type: { type: 'array', items: { ...leg, fields: [{ name: 'city', type: 'long' }] } } },
      note,
    ),
    'legs[].city was string and is long',
  ],
  [
    'a record has another name',
    trip(id, price, how, { ...legs, type: { type: 'array', items: { ...leg, name: 'Part' } } }, note),
    'no alias found for demo.trip.Leg',
  ],
  ['the namespace is another', { ...before, namespace: 'demo.travel' }, 'no alias found for demo.trip.TripBooked'],
  [
    'the topic is another',
    { ...before, topic: 'trip.events.v2' },
    'the topic was trip.events.v1 and is trip.events.v2',
  ],
  [
    'the saga id is in another field',
    trip({ name: 'tripId', type: 'string' }, price, { ...how, sagaId: true }, legs, note),
    'the saga id was in tripId and is in how',
  ],
  [
    'a value is gone',
    trip(id, price, { ...how, values: ['car', 'boat'] }, legs, note),
    'how may not hold train any more',
  ],
  [
    'a set of values is closed',
    trip({ ...id, values: ['a'] }, price, how, legs, note),
    'tripId could hold any text and has "values" now',
  ],
])('refuses that %s', (_, after, why) => expect(incompatibilities(after, before).join('\n')).toContain(why))
