import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { createDatabase } from '../../../infra/local/databases.ts'
import { troubleOf } from '../runtime/trouble.ts'
import { newSagaId } from '../testing/engine.fixture.ts'
import { eventually } from '../testing/service.fixture.ts'
import { findSweepable } from './sweep-outbox.ts'

const folder = new URL('../../migrations/', import.meta.url)
const files = (await readdir(folder)).sort()
let url: string
let client: pg.Client
beforeEach(async () => {
  url = await createDatabase(inject('adminUrl'), `m${randomUUID().slice(0, 8)}`)
  client = await connect()
})

async function connect(): Promise<pg.Client> {
  const another = new pg.Client({ connectionString: url })
  await another.connect()
  onTestFinished(() => another.end())
  return another
}
async function run(which: readonly string[]): Promise<void> {
  for (const file of which) await client.query(await readFile(new URL(file, folder), 'utf8'))
}

const fromBefore = `insert into saga.outbox (seq, n, saga_id, topic, partition, headers, deferred) values ($1, 0, $2, 't', 0, '{}', $3)`

test('what an older version left in the outbox is published in order, and its processes commit no more', async () => {
  const at = files.findIndex(file => file.includes('outbox_bundles'))
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

test.each([1, 2])(
  'from version %i on, a transaction of an older process and the migrations do not deadlock',
  async had => {
    await run(files.slice(0, had))
    const older = await connect()
    const sagaId = newSagaId()
    await older.query('begin')
    await older.query('insert into saga.sagas (saga_id, partition) values ($1, 0)', [sagaId])
    await older.query('delete from saga.outbox')

    await client.query('begin')
    const migrated = run(files.slice(had))
    const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await eventually('they wait for it', async () => (await older.query(waits)).rowCount === 1)
    const ends = async () => {
      await older.query(
        `insert into saga.saga_log (saga_id, step, direction, service_name, payload, status, attempts) values ($1, 's', 'action', '', '{}', 'succeeded', 1)`,
        [sagaId],
      )
      await older.query('commit')
    }
    await Promise.all([ends(), migrated])
    await client.query('commit')
  },
)
