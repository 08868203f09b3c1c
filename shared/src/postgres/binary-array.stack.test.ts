import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, freshDatabase } from '../testing/engine.fixture.ts'
import { binaryArray } from './binary-array.ts'
import { arrayOf } from './recordset.ts'

let db: Database
beforeAll(async () => {
  db = await freshDatabase()
})
afterAll(() => db.close())

const itself = (value: unknown) => value
const json = fc.json({ stringUnit: fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\0')) } as never)
const storable = (text: string) => !/\\u0000|\\ud[89a-f]/i.test(text) && text.isWellFormed() && !text.includes('\0')
const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  int: fc.integer(),
  integer: fc.constantFrom(0, -1, 2 ** 31 - 1, -(2 ** 31)),
  bigint: fc.maxSafeInteger(),
  bool: fc.boolean(),
  text: fc.string({ unit: 'grapheme', maxLength: 300 }).filter(storable),
  uuid: fc.oneof(
    fc.uuid(),
    fc.uuid().map(id => id.toUpperCase()),
  ),
  bytea: fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
  timestamptz: fc.date({ min: new Date('1800-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
  json: json.filter(storable),
  jsonb: json.filter(storable),
}

test.each(Object.entries(values))('%s: the database reads what it reads of the text', async (type, value) => {
  const read = `select u::text as found from unnest($1::${type}[]) with ordinality as r (u, at) order by at`
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(value), { minLength: 1, maxLength: 40 }), async given => {
      const binary = binaryArray(type, given, itself)
      expect(binary).toBeDefined()
      const asText = given.map(each =>
        each instanceof Date ? each.toISOString() : each instanceof Buffer ? `\\x${each.toString('hex')}` : each,
      )
      expect(await db.query(read, [binary])).toEqual(await db.query(read, [asText]))
    }),
    { numRuns: 30 },
  )
})

test.each([
  ['int', 2 ** 31],
  ['int', 0.5],
  ['bigint', 2 ** 53],
  ['bigint', '9007199254740993'],
  ['uuid', 'no uuid'],
  ['timestamptz', 'infinity'],
  ['timestamptz', new Date('2300-01-01')],
  ['text', 7],
  ['numeric', 1],
])('%s %s has no binary form, and the whole column goes as text', (type, value) => {
  expect(binaryArray(type, [value], itself)).toBeUndefined()
  expect(arrayOf(type, [value, null])).toEqual([value instanceof Date ? value.toISOString() : value, null])
})

test('a uuid has its binary form in the one way of writing it that all use, and in no other', () => {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
  const other = fc.constantFrom('', ...'0aF-g/:@`{ \u00e9\u0130\u0661\0'.split(''))
  const nearly = fc.tuple(fc.uuid(), fc.nat(36), other).map(([id, at, as]) => id.slice(0, at) + as + id.slice(at + 1))
  fc.assert(
    fc.property(fc.oneof(fc.uuid(), nearly), id => {
      expect(binaryArray('uuid', [id], itself) !== undefined).toBe(form.test(id))
    }),
    { numRuns: 2_000 },
  )
})

test('arrays larger than the scratch space come whole', async () => {
  const given = Array.from({ length: 3_000 }, (_, i) => `${i}`.repeat(50))
  const found = await db.query('select u from unnest($1::text[]) as u', [binaryArray('text', given, itself)])
  expect(found.map(({ u }) => u)).toEqual(given)
})
