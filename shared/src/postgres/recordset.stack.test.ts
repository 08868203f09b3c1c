import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, freshDatabase } from '../testing/engine.fixture.ts'
import { columnsOf, recordset } from './recordset.ts'

let db: Database
beforeAll(async () => {
  db = await freshDatabase()
})
afterAll(() => db.close())

const columns = columnsOf(
  `id bigint, words text, flag boolean, price numeric, at timestamptz, bytes bytea, saga uuid, doc jsonb, tags text[], grid int[], docs jsonb[]`,
)
const texts = ['plain', '', 'NULL', '{}', '"quoted", {braced}', 'back\\slash', 'two\nlines', 'ünïcode 😀', "it's", ' ']
const rows = texts.map((words, i) => ({
  ...{ id: 9_007_199_254_740_991 - i, words, flag: i % 2 === 0, price: '0.10', at: new Date(1_700_000_000_123 + i) },
  ...{ bytes: Buffer.from([0, 1, 255, i]), saga: `01900000-0000-7000-8000-00000000000${i}` },
  doc: [words, { [words || 'none']: null }, 1.5, false],
  tags: [words, null, `${words},${words}`],
  ...{
    grid: [
      [i, -1],
      [2, 3],
    ],
    docs: [{ words }, [words], 'x'].map(each => JSON.stringify(each)),
  },
}))

async function readBack(given: readonly Readonly<Record<string, unknown>>[], storable = false) {
  const { from, select, values } = recordset(columns, { storable })
  return (await db.query(`select ${select} from ${from}`, values(given) as never[])) as Record<string, unknown>[]
}

test('what is given comes back, whatever it holds', async () => {
  const found = await readBack(rows)
  expect(found.map(row => ({ ...row, docs: undefined }))).toEqual(rows.map(row => ({ ...row, docs: undefined })))
  expect(found.map(({ docs }) => docs)).toEqual(rows.map(({ docs }) => docs.map(each => JSON.parse(each))))
})

test('nothing comes back as null, and an empty array as itself', async () => {
  const none = Object.fromEntries(columns.map(({ name }) => [name, null]))
  expect(await readBack([none, {}, { ...none, tags: [], grid: [] }])).toEqual([
    none,
    none,
    { ...none, tags: [], grid: [] },
  ])
})

test('what PostgreSQL cannot store is refused, or replaced where a copy for people is enough', async () => {
  const nul = { words: 'a\0b', doc: { text: 'a\0b' } }
  await expect(readBack([{ words: nul.words }])).rejects.toMatchObject({ code: '22021' })
  await expect(readBack([{ doc: nul.doc }])).rejects.toMatchObject({ code: '22P05' })
  for (const half of [{ words: 'a\ud83d' }, { tags: ['a\ud83d'] }])
    await expect(readBack([half])).rejects.toThrow('half a surrogate pair')
  expect((await readBack([{ words: 'a\ud83d' }], true))[0]).toMatchObject({ words: 'a\ufffd' })
  expect((await readBack([nul], true))[0]).toMatchObject({ words: 'a\ufffdb', doc: { text: 'a\ufffdb' } })
})
