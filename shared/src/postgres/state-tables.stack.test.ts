import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadedTable } from '../core/views.ts'
import { state } from '../kit.ts'
import { type Database, freshDatabase } from '../testing/engine.fixture.ts'
import { saveStates } from './save-states.ts'
import { describeStates } from './state-tables.ts'

let db: Database
beforeAll(async () => {
  db = await freshDatabase()
})
afterAll(() => db.close())

/** In SQL some names of types mean another than the catalogue's: `character` alone is one character, `bit` one bit. */
test('types with a length are saved whole', async () => {
  await db.query(
    'create table priced (id text primary key, currency char(3), code varchar(5), flags bit(4), price numeric(8, 2))',
  )
  const states = { priced: state<Record<string, unknown>>()({ table: 'priced', key: 'id' } as never) }
  const tables = await describeStates(db.pool, states)
  const row = { id: 'a', currency: 'EUR', code: 'x-y-z', flags: '1010', price: '12.50' }
  const changed = { ...row, currency: 'USD', flags: '0101' }
  const save = async (before: typeof row | undefined, after: typeof row) => {
    const table = loadedTable('priced', 'id', new Map([['a', before]]))
    table.current.set('a', after)
    for (const { text, values } of saveStates(tables, new Map([['priced', table]]), true)) await db.query(text, values)
    return (await db.query('select * from priced'))[0]
  }
  expect(await save(undefined, row)).toEqual(row)
  expect(await save(row, changed)).toEqual(changed)
})
