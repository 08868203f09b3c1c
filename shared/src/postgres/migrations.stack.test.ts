import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { beforeEach, inject, onTestFinished, test } from 'vitest'
import { createDatabase } from '../../../infra/local/databases.ts'
import { newSagaId } from '../testing/engine.fixture.ts'
import { eventually } from '../testing/service.fixture.ts'

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
