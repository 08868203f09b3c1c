import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createDatabase } from '../../../infra/local/databases.ts'
import { troubleOf } from '../runtime/trouble.ts'
import { newSagaId } from '../testing/engine.fixture.ts'
import { findSweepable } from './sweep-outbox.ts'

const folder = new URL('../../migrations/', import.meta.url)
let client: pg.Client
beforeAll(async () => {
  client = new pg.Client({
    connectionString: await createDatabase(inject('adminUrl'), `m${randomUUID().slice(0, 8)}`),
  })
  await client.connect()
})
afterAll(() => client.end())

const fromBefore = `insert into saga.outbox (seq, n, saga_id, topic, partition, headers, deferred) values ($1, 0, $2, 't', 0, '{}', $3)`

test('what an older version left in the outbox is published in order, and its processes commit no more', async () => {
  const files = (await readdir(folder)).sort()
  const at = files.findIndex(file => file.includes('outbox_bundles'))
  const run = async (which: readonly string[]) => {
    for (const file of which) await client.query(await readFile(new URL(file, folder), 'utf8'))
  }
  await run(files.slice(0, at))
  const sagaId = newSagaId()
  await client.query(fromBefore, [1, sagaId, false])
  await client.query(fromBefore, [2, sagaId, true])
  await run(files.slice(at))

  const left = await findSweepable(client, { limit: 10, without: { sagas: [], lanes: [] } })
  expect(left.map(({ seq }) => seq).map(Number)).toEqual([1, 2])
  // It would not look for older events among the bundles: it pauses, and counts no try (rule 29).
  const error = await client.query(fromBefore, [3, sagaId, false]).catch(refused => refused)
  expect(error).toMatchObject({ code: '42703' })
  expect(troubleOf(error).kind).toBe('infrastructure')
})
