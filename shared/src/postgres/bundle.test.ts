import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packRows, unpackRows } from './bundle.ts'

const sagaIds = [randomUUID(), randomUUID()]
const text = fc.oneof(
  fc.constantFrom('', 'ce_id', '__proto__', '\0', '0', ...sagaIds, ...sagaIds.map(id => `${id}/pay/action`)),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
)
const bytes = fc.option(
  fc.oneof(
    fc.constantFrom(...sagaIds).map(id => Buffer.from(id)),
    fc.uint8Array({ maxLength: 40 }).map(drawn => Buffer.from(drawn)),
  ),
  { nil: null },
)
const value = fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: fc.record({ base64: text }) })
const row = fc.record({
  ...{ n: fc.nat(), sagaId: fc.constantFrom(...sagaIds), key: bytes, body: bytes },
  headers: fc.array(fc.tuple(text, value), { maxLength: 4 }).map(headers => Object.fromEntries(headers)),
})
const lane = fc.record({ topic: text, partition: fc.nat(9) })

test('what is unpacked is what was packed, of whatever rows', () => {
  fc.assert(
    fc.property(lane, fc.array(row, { minLength: 1, maxLength: 8 }), (to, drawn) => {
      const rows = drawn.map(each => ({ ...to, ...each }))
      expect(unpackRows(7, packRows(rows))).toEqual(rows.map(each => ({ ...each, seq: 7 })))
    }),
    { numRuns: 1_000 },
  )
})

test('what the headers of a bundle share is written once', () => {
  const about = (sagaId: string) => ({
    ...{ n: 0, sagaId, topic: 'order.events.v1', partition: 1, key: Buffer.from(sagaId), body: null },
    headers: { ce_type: 'shop.order.OrderPlaced', ce_id: `${sagaId}/place_order/action`, ce_subject: sagaId },
  })
  const packed = packRows(Array.from({ length: 100 }, () => about(randomUUID())))
  for (const shared of ['order.events.v1', 'shop.order.OrderPlaced', '/place_order/action', 'ce_subject'])
    expect(packed.split(shared)).toHaveLength(2)
})
