import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { Partitioners } from './client.ts'
import { murmur2, partitionOf } from './partition.ts'

// So many draws take a loaded machine its time.
vi.setConfig({ testTimeout: 60_000 })

test.each([
  // org.apache.kafka.common.utils.UtilsTest.testMurmur2
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('murmur2 of %s is that of the Java client', (key, hash) => expect(murmur2(Buffer.from(key))).toBe(hash))

test("a key's partition is that of kafkajs' default partitioner", () => {
  const theirs = Partitioners.DefaultPartitioner()
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.uuid()),
      fc.integer({ min: 1, max: 64 }),
      (key, partitions) => {
        const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
          partitionId,
          leader: 1,
          partitionErrorCode: 0,
          replicas: [],
          isr: [],
        }))
        expect(partitionOf(key, partitions)).toBe(
          theirs({ topic: 't', partitionMetadata, message: { key, value: '' } }),
        )
      },
    ),
  )
})

test.each([
  ['a short key', 'saga'],
  ['the longest that is hashed in place', '€'.repeat(341)],
  ['a longer one', '€'.repeat(342)],
])('%s has the same partition as a Buffer and as text', (_, key) =>
  expect(partitionOf(Buffer.from(key), 1_000)).toBe(partitionOf(key, 1_000)),
)

test('no partitions is a mistake', () => expect(() => partitionOf('saga', 0)).toThrow('0 is no number of partitions'))
