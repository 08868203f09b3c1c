import type { Random } from '../../shared/src/testing/simulation/random.ts'
import type { RawHeader } from './record-batch.ts'

const noText = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28])
/** Added behind a record's own headers, where none of it may change what the record is. */
const oddities: readonly ((random: Random) => RawHeader[])[] = [
  () => [['__proto__', 'polluted']],
  () => [
    ['constructor', 'x'],
    ['toString', noText],
    ['hasOwnProperty', null],
  ],
  () => [[noText, 'a name that is no text']],
  () => [['bytes', noText]],
  () => [['', 'no name']],
  () => [['nothing', null]],
  () => [
    ['twice', 'a'],
    ['twice', noText],
    ['twice', null],
  ],
  // What a letter says of itself must be its own.
  () => [
    ['dlq-id', 'somebody else’s'],
    ['dlq-status', 'closed'],
    ['dlq-deaths', '99'],
    ['kafka_dlt-original-topic', 'elsewhere'],
    ['kafka_dlt-original-offset', '-1'],
  ],
  () => [['nul\0in a name', 'nul\0in a value']],
  () => [['half a surrogate pair', Buffer.from([0xed, 0xa0, 0x80])]],
  () => [['traceparent', '00-ffff']],
  random => Array.from({ length: random.int(50, 500) }, (_, i) => [`h${i}`, 'x']),
  random => Array.from({ length: random.int(50, 500) }, () => ['same', 'x']),
]

export function oddHeaders(random: Random): RawHeader[] {
  return random
    .shuffled(oddities)
    .slice(0, random.int(1, 3))
    .flatMap(make => make(random))
}

/** As many headers as fit into a megabyte. */
export const countlessHeaders: RawHeader[] = Array.from({ length: 100_000 }, (_, i) => [i.toString(36), ''])
