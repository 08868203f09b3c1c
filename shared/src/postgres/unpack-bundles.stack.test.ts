import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Database, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { outboxOf } from '../testing/outbox.fixture.ts'
import type { CommittedRow } from './save-outbox.ts'
import { bundlesOf, saveOutbox } from './save-outbox.ts'
import { findOldBundles } from './sweep-outbox.ts'
import { unpackBundles } from './unpack-bundles.ts'

let db: Database
let client: pg.PoolClient
beforeAll(async () => {
  db = await freshDatabase()
  client = await db.pool.connect()
})
beforeEach(() => db.query('delete from saga.outbox; delete from saga.outbox_bundles'))
afterAll(async () => {
  client.release()
  await db.close()
})

const row = (seq: number, n: number, partition: number): CommittedRow => ({
  ...{ seq, n, partition, sagaId: newSagaId(), topic: 't', key: null, headers: { ce_id: `${seq}/${n}` } },
  ...{ body: Buffer.from('{}'), deferred: false },
})
/** Two bundles of each transaction: its rows 0 and 1, and its row 2. */
async function committed(...seqs: number[]): Promise<CommittedRow[]> {
  const rows = seqs.flatMap(seq => [row(seq, 0, 0), row(seq, 1, 0), row(seq, 2, 1)])
  for (const seq of seqs)
    for (const statement of saveOutbox(
      seq,
      rows.filter(each => each.seq === seq),
    ))
      await client.query(statement)
  await db.query(`update saga.outbox_bundles set created_at = now() - interval '1 minute'`)
  return rows
}

test('rule 24: what is left of many bundles becomes rows as old as they were, and nothing of one that is gone', async () => {
  const rows = await committed(1, 2)
  const [first, second] = [rows.slice(0, 3), rows.slice(3)]
  await db.query('delete from saga.outbox_bundles where seq = 2 and n = 2')
  const left = [...bundlesOf(second), ...bundlesOf(first)].map(bundle => ({
    ...bundle,
    rows: bundle.rows.filter(({ n }) => n !== 0),
  }))
  await unpackBundles(client, left)
  const expected = [first[1]!, first[2]!, second[1]!].map(each => ({ ...each, deferred: true }))
  expect(await outboxOf(db)).toMatchObject(expected)
  expect(await db.query(`select from saga.outbox where created_at > now() - interval '59 seconds'`)).toEqual([])
})

test('rule 24: a bundle of which nothing is left is gone', async () => {
  const rows = await committed(1)
  await unpackBundles(
    client,
    bundlesOf(rows).map(bundle => ({ ...bundle, rows: [] })),
  )
  expect(await outboxOf(db)).toEqual([])
})

test('rule 24: of old bundles as many come at once as were asked for, and as fit: one in any case', async () => {
  await committed(1, 2)
  const find = async (most: { bundles: number; bytes: number }, olderThanMs = 59_000) =>
    (await findOldBundles(client, { olderThanMs, most })).map(({ seq, n }) => `${seq}/${n}`)
  expect(await find({ bundles: 9, bytes: 1e6 })).toEqual(['1/0', '1/2', '2/0', '2/2'])
  expect(await find({ bundles: 3, bytes: 1e6 })).toEqual(['1/0', '1/2', '2/0'])
  expect(await find({ bundles: 9, bytes: 1 })).toEqual(['1/0'])
  expect(await find({ bundles: 9, bytes: 1e6 }, 90_000)).toEqual([])
})
