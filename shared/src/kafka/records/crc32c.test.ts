import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c } from './crc32c.ts'

const stock: (bytes: Buffer) => number = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C')

// RFC 3720, B.4, and the check value of the catalogue of CRC algorithms.
test.each([
  [Buffer.alloc(32), 0x8a9136aa],
  [Buffer.alloc(32, 0xff), 0x62a8ab43],
  [Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
  [Buffer.from('123456789'), 0xe3069283],
  [Buffer.alloc(0), 0],
])('%o', (bytes, crc) => expect(crc32c(bytes, 0, bytes.length)).toBe(crc))

test('of any part of any bytes, as kafkajs has it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), fc.nat(20), (drawn, before, behind) => {
      const bytes = Buffer.concat([Buffer.alloc(before, 1), drawn, Buffer.alloc(behind, 2)])
      expect(crc32c(bytes, before, before + drawn.length)).toBe(stock(Buffer.from(drawn)))
    }),
  )
})
