import { randomUUID } from 'node:crypto'
import type { EventType } from '../../shared/src/messages.ts'
import { newSagaId } from '../../shared/src/testing/engine.fixture.ts'
import type { Random } from '../../shared/src/testing/simulation/random.ts'
import type { Handmade } from '../e2e/hand-publisher.ts'
import type { Hostile } from './hostile-schemas.ts'
import { oddHeaders } from './odd-headers.ts'
import { type RawHeader, type RawRecord, recordBatch } from './record-batch.ts'

/** A record that no handler may ever see, with what is needed to say who has to make a letter of it. */
export interface Fuzzed extends RawRecord {
  readonly fault: string
  /** Without the shop's prefix. */
  readonly topic: string
  /** The event that ce_type names; undefined when it names none. */
  readonly claims: string | undefined
  /** The event that the schema id names; undefined when the bytes name none. */
  readonly is: string | undefined
}
type Draft = { -readonly [K in keyof Fuzzed]: Fuzzed[K] } & { headers: RawHeader[] }

export interface Materials {
  readonly types: readonly EventType<any>[]
  /** A whole and right record of that event, of a saga that nobody knows. */
  readonly whole: (type: EventType<any>) => Handmade & { readonly value: Buffer }
  readonly hostile: readonly Hostile[]
  /** The id of a schema that is registered and no Avro. */
  readonly noAvroId: number
  /** Sagas that exist. */
  readonly sagaIds: readonly string[]
  readonly maxBytes: number
}

/** What is wrong with a record; exactly one of these is, whatever else is odd about it. */
const faults: Readonly<Record<string, (draft: Draft, random: Random, m: Materials) => void>> = {
  'cut short': (d, random) => {
    d.value = d.value!.subarray(0, random.int(0, d.value!.length - 1))
    if (d.value.length < 5) d.is = undefined
  },
  'another magic byte': (d, random) => {
    d.value = Buffer.concat([Buffer.from([random.int(1, 255)]), d.value!.subarray(1)])
    d.is = undefined
  },
  'an unknown schema id': (d, random) => {
    const ids = [0, 77_777_777, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]
    d.value = framed(random.pick(ids), d.value!.subarray(5))
    d.is = undefined
  },
  'a schema that is no Avro': (d, _, { noAvroId }) => {
    d.value = framed(noAvroId, d.value!.subarray(5))
    d.is = undefined
  },
  'bytes left over': (d, random) => {
    d.value = Buffer.concat([d.value!, bytes(random, random.int(1, 300))])
  },
  'no value': d => {
    d.value = null
    d.is = undefined
  },
  'noise for a value': (d, random) => {
    d.value = bytes(random, random.int(0, 200))
    if (d.value[0] === 0) d.value[0] = 1
    d.is = undefined
  },
  // Should it be an event by chance, it is not of the saga that its key names.
  'noise for Avro': (d, random) => {
    const noise = () => (random.chance(0.5) ? bytes(random, random.int(0, 400)) : countless(random))
    d.value = Buffer.concat([d.value!.subarray(0, 5), noise()])
  },
  'a hostile schema': (d, random, { hostile }) => {
    const { id, fullName, body, topic, isOf } = random.pick(hostile)
    d.value = framed(id, body(random))
    d.is = fullName
    d.topic = topic
    name(d, isOf)
    // Some of these can be read, and are then of another saga than their key's.
    d.key = Buffer.from(newSagaId())
  },
  'no key': d => {
    d.key = null
  },
  'a key that is no saga id': (d, random) => {
    const upper = newSagaId().toUpperCase()
    d.key = Buffer.from(random.pick(['', 'order-1', randomUUID(), upper, 'x'.repeat(100_000), '\0'.repeat(36)]))
    if (random.chance(0.2)) d.key = bytes(random, 16)
  },
  'the key of another saga': (d, random, { sagaIds }) => {
    d.key = Buffer.from(random.pick(sagaIds))
  },
  'a ce_type that the schema contradicts': (d, random, { types }) => {
    name(d, random.pick(types.filter(({ schema }) => schema.fullName !== d.is)).schema.fullName)
  },
  'a ce_type that nobody knows': (d, random) => {
    name(d, random.pick(['shop.balance.BalanceDeducte', 'X', `${d.is} `, '\ufffd', 'constructor', 'x'.repeat(10_000)]))
  },
  'no ce_id': (d, random) => {
    const rest = d.headers.filter(([header]) => header !== 'ce_id')
    const empty: RawHeader[] = random.pick([[], [['ce_id', '']], [['ce_id', null]], [['ce_id', 'a\0b']]])
    d.headers = [...rest, ...empty]
  },
  'a ce_id that is too long': (d, random) => {
    const id = random.pick(['x', 'ä', '\u{1f980}']).repeat(random.pick([1_001, 5_000, 100_000]))
    d.headers = d.headers.map(header => (header[0] === 'ce_id' ? ['ce_id', id] : header))
  },
}
export const faultNames = Object.keys(faults)

/** @param huge as large as its topic takes */
export function fuzzed(fault: string, random: Random, m: Materials, o: { huge?: boolean } = {}): Fuzzed {
  const type = random.pick(m.types)
  const { topic, key, value, headers } = m.whole(type)
  const is = type.schema.fullName
  const draft: Draft = {
    ...{ fault, topic, value, is, claims: is, key: Buffer.from(key!) },
    headers: Object.entries(headers),
  }
  faults[fault]!(draft, random, m)
  if (draft.claims === is && random.chance(0.15)) name(draft, undefined)
  if (random.chance(0.3)) draft.headers.push(...oddHeaders(random))
  // Of a repeated header the first counts that says anything.
  if (random.chance(0.1) && fault !== 'no ce_id') draft.headers.push(['ce_id', 'another'])
  if (random.chance(0.1) && draft.claims !== undefined) draft.headers.push(['ce_type', 'shop.order.OrderPlaced'])
  return o.huge ? filledUp(draft, random, m.maxBytes) : draft
}

function name(d: Draft, claims: string | undefined): void {
  d.claims = claims
  const rest = d.headers.filter(([header]) => header !== 'ce_type')
  d.headers = claims === undefined ? rest : [...rest, ['ce_type', claims]]
}

const valueIsNoise = new Set(['bytes left over', 'noise for a value', 'noise for Avro'])

/** Adds bytes that spoil nothing that is not spoilt: behind a value that is noise already, in a header otherwise. */
function filledUp(d: Draft, random: Random, maxBytes: number): Draft {
  const noise = bytes(random, maxBytes)
  const padded = (length: number): Draft => {
    const padding = noise.subarray(0, length)
    return valueIsNoise.has(d.fault)
      ? { ...d, value: Buffer.concat([d.value!, padding]) }
      : { ...d, headers: [...d.headers, ['padding', padding]] }
  }
  let left = maxBytes - recordBatch([padded(0)], 0).length
  // Lengths take more bytes as they grow.
  while (recordBatch([padded(left)], 0).length > maxBytes) left--
  return padded(left)
}

/** Arrays that announce more items than anybody has memory for, blocks of blocks, numbers that do not end. */
function countless(random: Random): Buffer {
  const long = random.pick([
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    [0xfe, 0xff, 0xff, 0xff, 0x0f],
    [0x01, 0x02],
    Array.from({ length: 40 }, () => 0x80),
  ])
  return Buffer.from(Array.from({ length: random.int(1, 20) }, () => long).flat())
}

export const framed = (id: number, body: Buffer): Buffer => {
  const frame = Buffer.alloc(5)
  frame.writeUInt32BE(id, 1)
  return Buffer.concat([frame, body])
}
const bytes = (random: Random, length: number) => {
  const buffer = Buffer.alloc(length)
  for (let i = 0; i < length; i++) buffer[i] = Math.floor(random.next() * 256)
  return buffer
}
