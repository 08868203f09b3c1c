import type { Schema } from 'avsc'
import { describe, expect, test } from 'vitest'
import { PermanentError } from '../errors.ts'
import { type Event, event } from '../messages.ts'
import { createCodec, type Decoded, sagaIdOf, subjectOf } from './codec.ts'
import type { Registry } from './registry.ts'
import { RegistryUnavailable } from './registry.ts'

type TripBooked = Event<
  'TripBooked',
  { tripId: string; priceMinor: number; stops: readonly { city: string }[]; note: string | null }
>
const STOP = { type: 'record', name: 'Stop', fields: [{ name: 'city', type: 'string' }] }
const tripBooked = (...more: object[]) =>
  ({
    type: 'record',
    name: 'TripBooked',
    namespace: 'demo.trip',
    fields: [
      { name: 'tripId', type: 'string' },
      { name: 'priceMinor', type: 'long' },
      { name: 'stops', type: { type: 'array', items: STOP } },
      { name: 'note', type: ['null', 'string'], default: null },
      ...more,
    ],
  }) as Schema
const at = { topic: 'trip.events.v1', sagaField: 'tripId' }
const TripBooked = event<TripBooked>({ ...at, fullName: 'demo.trip.TripBooked', avro: tripBooked() })
type TripEnded = Event<'TripEnded', { tripId: string }>
const ENDED = {
  type: 'record',
  name: 'TripEnded',
  namespace: 'demo.trip',
  fields: [{ name: 'tripId', type: 'string' }],
} as Schema
const TripEnded = event<TripEnded>({ ...at, fullName: 'demo.trip.TripEnded', avro: ENDED })

/** A registry in memory: ids from 1, in the order of registration. */
function memory() {
  const schemas: Schema[] = []
  const asked: (number | string)[] = []
  const state = { isAway: false }
  const answer = () => {
    if (state.isAway) throw new RegistryUnavailable('away')
  }
  const registry: Registry = {
    register: async (subject, schema) => {
      answer()
      asked.push(subject)
      return schemas.push(schema)
    },
    lookUp: async (subject, schema) => {
      answer()
      asked.push(`look up ${subject}`)
      return schemas.indexOf(schema) + 1
    },
    find: async id => {
      asked.push(id)
      answer()
      return schemas[id - 1]
    },
  }
  return { registry, schemas, asked, state }
}

async function started(o: { reads?: Parameters<typeof createCodec>[0]['reads']; clock?: () => number } = {}) {
  const fake = memory()
  const codec = createCodec({
    registry: fake.registry,
    mode: 'register',
    publishes: [TripBooked],
    reads: [TripBooked],
    ...o,
  })
  await codec.start()
  fake.asked.length = 0
  const decode = async (value: Buffer | null): Promise<Decoded> => {
    await codec.prepare([value])
    return codec.decode(value)
  }
  return { ...fake, codec, decode }
}
const booked = TripBooked({ tripId: 't-1', priceMinor: 1250, stops: [{ city: 'Ulm' }, { city: 'Bern' }], note: null })
const framed = (id: number, ...bytes: number[]) => Buffer.from([0, 0, 0, 0, id, ...bytes])
const permanent = (code: string, message: string | RegExp) =>
  expect.toSatisfy(
    error => error instanceof PermanentError && error.code === code && error.message.search(message) >= 0,
    `${code}: ${message}`,
  )

test('an event comes back as it went, as plain objects', async () => {
  const { codec, decode } = await started()
  const value = codec.encode(booked, TripBooked)
  expect([...value.subarray(0, 5)]).toEqual([0, 0, 0, 0, 1])
  expect(await decode(value)).toStrictEqual({ isRead: true, type: TripBooked, event: booked })
  expect(sagaIdOf(booked, TripBooked)).toBe('t-1')
})

test('subjects are named by topic and record, behind the prefix of the deployment', async () => {
  const { registry, asked } = memory()
  expect(subjectOf(TripBooked)).toBe('trip.events.v1-demo.trip.TripBooked')
  await createCodec({
    registry,
    mode: 'register',
    publishes: [TripBooked, TripBooked],
    reads: [],
    topicPrefix: 'blue.',
  }).start()
  await createCodec({ registry, mode: 'lookup', publishes: [TripBooked], reads: [TripEnded] }).start()
  expect(asked).toEqual(['blue.trip.events.v1-demo.trip.TripBooked', 'look up trip.events.v1-demo.trip.TripBooked'])
})

test('values that an encoding before them left behind do not change', async () => {
  const { codec, decode } = await started()
  const small = codec.encode(booked, TripBooked)
  const long = TripBooked({ ...booked, note: 'x'.repeat(100_000) })
  const large = codec.encode(long, TripBooked)
  codec.encode(TripBooked({ ...booked, tripId: 'other' }), TripBooked)
  expect(await decode(small)).toMatchObject({ event: booked })
  expect(await decode(large)).toMatchObject({ event: long })
})

describe('rule 22: what does not fit is refused before commit', () => {
  test.each([
    [{ priceMinor: 1.5 }, 'priceMinor must be long, found 1.5'],
    [{ priceMinor: 2 ** 53 }, 'priceMinor must be long, found 9007199254740992'],
    [{ priceMinor: -(2 ** 53) }, 'priceMinor must be long, found -9007199254740992'],
    [{ priceMinor: Number.NaN }, 'priceMinor must be long, found NaN'],
    [{ priceMinor: '1250' }, 'priceMinor must be long, found string'],
    [{ tripId: undefined }, 'tripId must be string, found undefined'],
    [{ stops: [{ city: 'Ulm' }, { city: 7 }] }, 'stops.1.city must be string, found 7'],
    [{ stops: [null] }, 'stops.0 must be demo.trip.Stop, found null'],
    [{ note: ['secret'] }, 'note must be null or string, found a list'],
  ])('%j', async (wrong, message) => {
    const { codec } = await started()
    const encode = () => codec.encode({ ...booked, ...wrong } as never, TripBooked)
    expect(encode).toThrow(permanent('encode-failed', message))
    expect(encode).not.toThrow('secret')
  })

  test('an event of another participant', async () => {
    const { codec } = await started()
    expect(() => codec.encode(TripEnded({ tripId: 't-1' }), TripEnded)).toThrow(
      permanent('encode-failed', 'demo.trip.TripEnded is not published here'),
    )
  })
})

describe('rule 21: what cannot be decoded is a permanent error', () => {
  const longest = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]
  test.each([
    ['no value', null, 'there is no value'],
    ['an empty value', Buffer.alloc(0), 'does not begin with a zero byte and a schema id'],
    ['JSON', Buffer.from('{"tripId":"t-1"}'), 'does not begin with a zero byte and a schema id'],
    ['a frame without an id', Buffer.from([0, 0, 0]), 'does not begin with a zero byte and a schema id'],
    ['a frame without a record', framed(1), 'is cut short'],
    ['a text longer than the value', framed(1, 80, 65), 'is cut short'],
    ['bytes after the record', framed(1, 2, 65, 2, 0, 0, 9, 9), '2 bytes follow a demo.trip.TripBooked by schema 1'],
    ['a long beyond the safe integers', framed(1, 2, 65, ...longest, 0, 0), 'precision'],
    ['a union branch that is not there', framed(1, 2, 65, 2, 0, 8), 'invalid union index: 4'],
    ['more items than bytes', framed(1, 2, 65, 2, 0xfe, 0xff, 0xff, 0x7f, 0), 'items are announced'],
  ])('%s', async (_, value, message) => {
    const { decode } = await started()
    await expect(decode(value)).rejects.toThrow(permanent('undecodable', message))
  })

  test('an event whose schema ours cannot read', async () => {
    const { schemas, decode, asked } = await started()
    schemas.push({ ...(ENDED as object), name: 'TripBooked' } as Schema)
    for (const _ of [1, 2])
      await expect(decode(framed(2, 0))).rejects.toThrow(
        permanent(
          'undecodable',
          'what schema 2 writes: no matching field for default-less demo.trip.TripBooked.priceMinor',
        ),
      )
    expect(asked).toEqual([2])
  })

  test('a schema that is not valid or not Avro', async () => {
    const { schemas, decode, registry } = await started()
    schemas.push({ type: 'nonsense' } as never)
    await expect(decode(framed(2, 0))).rejects.toThrow(permanent('undecodable', 'unknown type: "nonsense"'))
    registry.find = async () => {
      throw new PermanentError('undecodable', 'schema 3 is not an Avro schema')
    }
    await expect(decode(framed(3, 0))).rejects.toThrow(permanent('undecodable', 'schema 3 is not an Avro schema'))
  })
})

test('events are read by our schema, whichever version wrote them', async () => {
  const { schemas, decode } = await started()
  const newer = createCodec({
    registry: { register: async () => 2, lookUp: async () => 2, find: async () => undefined },
    mode: 'register',
    publishes: [
      event({ ...at, fullName: 'demo.trip.TripBooked', avro: tripBooked({ name: 'seats', type: 'int', default: 1 }) }),
    ],
    reads: [],
  })
  await newer.start()
  schemas.push(tripBooked({ name: 'seats', type: 'int', default: 1 }))
  expect(await decode(newer.encode({ ...booked, seats: 4 } as never, TripBooked))).toMatchObject({ event: booked })
})

test('an event that nothing here reacts to is named, not decoded', async () => {
  const { schemas, decode } = await started()
  schemas.push(ENDED)
  expect(await decode(framed(2))).toEqual({ isRead: false, fullName: 'demo.trip.TripEnded' })
})

describe('rule 21: an unknown schema id', () => {
  test('is a permanent error when the registry says that it has none; it is asked again after a while', async () => {
    let now = 0
    const { codec, decode, asked, schemas } = await started({ clock: () => now })
    const value = framed(2, 2, 65, 2, 0, 0)
    const missing = permanent('unknown-schema-id', 'the registry has no schema 2')
    await expect(decode(value)).rejects.toThrow(missing)
    now = 29_999
    await expect(decode(value)).rejects.toThrow(missing)
    expect(asked).toEqual([2])

    schemas.push(tripBooked())
    now = 30_000
    expect(await decode(value)).toMatchObject({ event: { tripId: 'A', priceMinor: 1 } })
    await codec.prepare([value, value])
    expect(asked).toEqual([2, 2])
  })

  test('is nobody’s fault while the registry does not answer; it is asked again at once', async () => {
    const { codec, decode, state } = await started()
    const value = codec.encode(booked, TripBooked)
    state.isAway = true
    await expect(codec.prepare([value])).rejects.toThrow(RegistryUnavailable)
    state.isAway = false
    expect(await decode(value)).toMatchObject({ event: booked })
  })

  test('is asked for once, however many values and batches want it', async () => {
    const { codec, asked } = await started()
    const value = codec.encode(booked, TripBooked)
    await Promise.all([codec.prepare([value, value]), codec.prepare([value, null, Buffer.from('?')])])
    expect(asked).toEqual([1])
  })

  test('decoding what was not prepared is a mistake of the caller, not of the message', async () => {
    const { codec } = await started()
    expect(() => codec.decode(framed(9))).toThrow('schema 9 was not prepared')
    expect(() => codec.decode(framed(9))).not.toThrow(PermanentError)
  })
})

test('a registry that is away at the start says so', async () => {
  const { registry, state } = memory()
  state.isAway = true
  const codec = createCodec({ registry, mode: 'lookup', publishes: [TripBooked], reads: [] })
  await expect(codec.start()).rejects.toThrow(RegistryUnavailable)
})
