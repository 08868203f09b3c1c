import { expect, test } from 'vitest'
import { exampleOf } from './example.ts'
import { decodeGolden, encodeGolden } from './golden.ts'

const leg = { type: 'record', name: 'Leg', fields: [{ name: 'city', type: 'string' }] }
const schema = {
  type: 'record',
  name: 'TripBooked',
  namespace: 'demo.trip',
  fields: [
    { name: 'tripId', type: 'string', sagaId: true },
    { name: 'how', type: 'string', values: ['car', 'train'] },
    { name: 'priceMinor', type: 'long' },
    { name: 'isPaid', type: 'boolean' },
    { name: 'legs', type: { type: 'array', items: leg } },
    { name: 'last', type: ['null', 'Leg'], default: null },
  ],
}

test('an example fits its schema and survives its bytes', () => {
  const example = exampleOf(schema)
  expect(example).toMatchObject({
    how: 'car',
    priceMinor: 1250,
    legs: [{ city: 'city-1' }, { city: 'city-1' }],
    last: { city: 'city-1' },
  })
  const golden = encodeGolden('versions/TripBooked/3', schema, 3, example)
  expect([...golden.subarray(0, 5)]).toEqual([0, 0, 0, 0, 3])
  expect(decodeGolden(schema, golden)).toEqual(example)
})

test('it keeps what the earlier one says, but for fields that are gone', () => {
  expect(exampleOf(schema, { tripId: 't-1', how: 'train', legs: [{ city: 'Ulm', gone: 1 }], gone: 1 })).toEqual({
    tripId: 't-1',
    how: 'train',
    priceMinor: 1250,
    isPaid: true,
    legs: [{ city: 'Ulm' }],
    last: { city: 'city-1' },
  })
})

test('an example by hand that does not fit is refused, with the fields', () => {
  const wrong = { ...(exampleOf(schema) as object), priceMinor: '12', legs: [{}] }
  expect(() => encodeGolden('versions/TripBooked/1', schema, 1, wrong)).toThrow(
    'versions/TripBooked/1.json: does not fit the schema: priceMinor, legs.0.city',
  )
  expect(() => encodeGolden('versions/TripBooked/1', schema, 1, { ...(exampleOf(schema) as object), more: 1 })).toThrow(
    'does not fit the schema: the event itself',
  )
})
