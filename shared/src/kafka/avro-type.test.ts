import type { Schema } from 'avsc'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { avroType } from './avro-type.ts'

const record = (name: string, ...fields: object[]) => ({ type: 'record', name, fields }) as Schema
const LEG = record('Leg', { name: 'city', type: 'string' }, { name: 'km', type: 'long' })
const TRIP = record(
  'Trip',
  { name: 'id', type: 'string' },
  { name: 'legs', type: { type: 'array', items: LEG } },
  { name: 'last', type: ['null', 'Leg'], default: null },
  { name: 'notes', type: { type: 'map', values: 'long' }, default: {} },
)
const trip = { id: 't-1', legs: [{ city: 'Ulm', km: 80 }], last: { city: 'Bern', km: -3 }, notes: { a: 1 } }

/** A varint of any size, as a broken or hostile writer could send it. */
const varint = (zigzag: bigint): number[] =>
  zigzag < 128n ? [Number(zigzag)] : [Number(zigzag & 127n) | 128, ...varint(zigzag >> 7n)]
const long = (value: bigint) => Buffer.from(varint(value >= 0n ? 2n * value : -2n * value - 1n))

test('records are plain objects, all the way down, with or without a resolver', () => {
  const type = avroType(TRIP)
  const bytes = type.toBuffer(trip)
  for (const read of [type.fromBuffer(bytes), type.fromBuffer(bytes, type.createResolver(avroType(TRIP)))]) {
    expect(read).toStrictEqual(trip)
    for (const object of [read, read.legs[0], read.last]) expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
  }
})

test('defaults that are filled in are plain objects, and not shared between messages', () => {
  const older = avroType(record('Trip', { name: 'id', type: 'string' }))
  const newer = avroType(
    record(
      'Trip',
      { name: 'id', type: 'string' },
      { name: 'leg', type: LEG, default: { city: '', km: 0 } },
      { name: 'tags', type: { type: 'array', items: 'string' }, default: [] },
    ),
  )
  const read = () => newer.fromBuffer(older.toBuffer({ id: 't-1' }), newer.createResolver(older))
  expect(read()).toStrictEqual({ id: 't-1', leg: { city: '', km: 0 }, tags: [] })
  expect(read().leg).not.toBe(read().leg)
  expect(read().tags).not.toBe(read().tags)
})

test('a long is exact or refused, never a different number', () => {
  const type = avroType('long')
  const edges = [0n, -1n, 2n ** 31n, -(2n ** 31n), 2n ** 52n, -(2n ** 52n), 2n ** 53n - 2n]
  for (const value of edges) {
    expect(type.fromBuffer(long(value))).toBe(Number(value))
    expect(type.toBuffer(Number(value))).toEqual(long(value))
  }
  for (const value of [-(2n ** 52n) - 1n, -(2n ** 52n) - 2n, -(2n ** 53n), 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    expect(() => type.fromBuffer(long(value))).toThrow(/precision|exactly/)
    expect(() => type.toBuffer(Number(value))).toThrow(/invalid|exactly/)
    expect(type.isValid(Number(value))).toBe(false)
  }
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), value => {
      let read: number | undefined
      try {
        read = type.fromBuffer(long(value))
      } catch {}
      expect(read === undefined || BigInt(read) === value).toBe(true)
    }),
  )
})

const announcing = (count: bigint) => Buffer.concat([Buffer.from([0]), long(count), Buffer.alloc(20)])
const JUST_ID = avroType(record('Trip', { name: 'id', type: 'string' }, { name: 'after', type: 'long', default: 0 }))
test.each([
  ['array', 2n ** 40n],
  ['array', -(2n ** 40n)],
  ['array', 2n ** 70n],
  ['array', 128n ** 200n],
  ['map', 2n ** 40n],
  ['map', -(2n ** 40n)],
])('a value of %s that announces %s items is refused at once, read or skipped', (kind, count) => {
  const items = { type: kind, items: 'null', values: 'null' }
  const written = avroType(
    record('Trip', { name: 'id', type: 'string' }, { name: 'many', type: items }, { name: 'after', type: 'long' }),
  )
  expect(() => written.fromBuffer(announcing(count))).toThrow(/items are announced/)
  expect(() => JUST_ID.fromBuffer(announcing(count), JUST_ID.createResolver(written))).toThrow(/items are announced/)
})

test('blocks with a size in bytes, as other writers send them, are read and skipped', () => {
  const written = avroType(
    record(
      'Trip',
      { name: 'id', type: 'string' },
      { name: 'many', type: { type: 'array', items: 'long' } },
      { name: 'after', type: 'long' },
    ),
  )
  const bytes = Buffer.from([0, 3, 4, 2, 4, 2, 6, 0, 14])
  expect(written.fromBuffer(bytes)).toEqual({ id: '', many: [1, 2, 3], after: 7 })
  expect(JUST_ID.fromBuffer(bytes, JUST_ID.createResolver(written))).toEqual({ id: '', after: 7 })
})

test('any bytes are read or refused, soon', () => {
  const type = avroType(TRIP)
  const resolvers = [undefined, type.createResolver(avroType(TRIP))]
  const skipping = JUST_ID.createResolver(type)
  const whole = type.toBuffer(trip)
  const changed = fc
    .tuple(fc.nat(whole.length - 1), fc.nat(255))
    .map(([at, byte]) => Buffer.from(whole).fill(byte, at, at + 1))
  const bytes = fc.oneof(
    changed,
    fc.uint8Array({ maxLength: 60 }).map(b => Buffer.from(b)),
  )
  fc.assert(
    fc.property(bytes, value => {
      for (const read of [
        ...resolvers.map(r => () => type.decode(value, 0, r)),
        () => JUST_ID.decode(value, 0, skipping),
      ]) {
        try {
          expect(read().offset).toBeLessThanOrEqual(value.length)
        } catch {}
      }
    }),
    { numRuns: 3_000, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true },
  )
})
