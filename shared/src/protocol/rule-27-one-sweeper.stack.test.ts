import type { Socket } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { OutboundRecord } from '../kafka/publish.ts'
import { connectionConfig } from '../postgres/connect.ts'
import { Sweeper, sweeperLockKey } from '../runtime/sweeper.ts'
import { type Database, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { eventually } from '../testing/service.fixture.ts'

let db: Database
beforeAll(async () => {
  db = await freshDatabase()
})
beforeEach(() => db.query('delete from saga.outbox'))
afterAll(() => db.close())

/** A sweeper whose publisher only notes what it is given. */
function sweeper(locked = true): { published: string[]; stop(): Promise<void> } {
  const published: string[] = []
  const one = new Sweeper({
    databaseUrl: db.url,
    applicationName: 'sweeper',
    publishWindowMs: 60_000,
    publisher: { publish: (records: readonly OutboundRecord[]) => published.push(...records.map(r => r.id)) },
    isAcknowledged: () => false,
    locked,
    givesUp: true,
    trouble: () => undefined,
  })
  one.run()
  onTestFinished(() => one.stop())
  return { published, stop: () => one.stop() }
}
const leave = (n: number) =>
  db.query(
    `insert into saga.outbox (seq, n, saga_id, topic, partition, headers, deferred) values (1, $1, $2, 't', 0, '{}', true)`,
    [n, newSagaId()],
  )

test('rule 27: of two sweepers one publishes; when it stops, the other goes on', async () => {
  const both = [sweeper(), sweeper()]
  await leave(1)
  await eventually(
    'it is published',
    () => both.flatMap(s => s.published),
    found => found.length > 0,
  )
  await leave(2)
  await eventually(
    'the next one too',
    () => both.flatMap(s => s.published),
    found => found.length > 1,
  )
  const [holder, other] = both[0]!.published.length > 0 ? both : both.toReversed()
  expect(holder!.published).toEqual(['1/1', '1/2'])
  expect(other!.published).toEqual([])
  await holder!.stop()
  await leave(3)
  await eventually(
    'the other one sweeps',
    () => other!.published,
    found => found.includes('1/3'),
  )
})

test('rule 27, safeguard off: both publish everything', async () => {
  const both = [sweeper(false), sweeper(false)]
  await leave(1)
  await eventually(
    'both have published it',
    () => both.map(s => s.published.length),
    found => found.every(n => n === 1),
  )
})

test('rule 27: a sweeper that was stopped loses the lock with its session, and another goes on', async () => {
  // A process that does not run any more, as the database sees it: a session that holds the lock and says nothing.
  const stopped = new pg.Client({ connectionString: db.url })
  stopped.on('error', () => undefined)
  await stopped.connect()
  await stopped.query(`set idle_session_timeout = 300`)
  await stopped.query('select pg_advisory_lock($1)', [sweeperLockKey])
  const other = sweeper()
  await leave(1)
  await eventually(
    'the lock is free and the other one sweeps',
    () => other.published,
    found => found.includes('1/1'),
  )
})

test('rule 27: a sweeper that has nothing to send keeps the lock', async () => {
  const trouble: unknown[] = []
  const one = new Sweeper({
    // With a window far shorter than the time from one look for old rows to the next.
    ...{ databaseUrl: db.url, applicationName: 'sweeper', publishWindowMs: 10, locked: true, givesUp: true },
    publisher: { publish: () => undefined },
    isAcknowledged: () => false,
    trouble: error => trouble.push(error),
  })
  one.run()
  onTestFinished(() => one.stop())
  await new Promise(resolve => setTimeout(resolve, 2_500))
  expect(trouble).toEqual([])
})

test('rule 27: a sweeper sets idle_session_timeout before it takes the lock', async () => {
  sweeper()
  await leave(1)
  const session = await eventually(
    'a session has the lock',
    () =>
      db.query(
        `select a.query from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and a.datname = current_database() and a.application_name = 'sweeper'`,
      ),
    rows => rows.length === 1,
  )
  expect(session).toHaveLength(1)
})

/** A process that stops while the answer to its sweep is on its way: gives whether its lock is free `afterMs` later. */
async function stoppedWhileReading(tcpUserTimeoutMs: number | undefined, afterMs: number): Promise<boolean> {
  const stopped = new pg.Client(connectionConfig({ url: db.url, applicationName: 'stopped' }))
  stopped.on('error', () => undefined)
  await stopped.connect()
  if (tcpUserTimeoutMs !== undefined) await stopped.query(`set tcp_user_timeout = ${tcpUserTimeoutMs}`)
  await stopped.query('set idle_session_timeout = 100')
  const key = tcpUserTimeoutMs ?? 1
  await stopped.query('select pg_advisory_lock($1)', [key])
  stopped.query(`select repeat('x', 1000000) from generate_series(1, 50)`).catch(() => undefined)
  const { stream } = (stopped as unknown as { connection: { stream: Socket } }).connection
  stream.pause()
  onTestFinished(() => void stream.destroy())
  const locks = () => db.query(`select from pg_locks where locktype = 'advisory' and objid = $1`, [key])
  return eventually('the lock is free', locks, rows => rows.length === 0, afterMs).then(
    () => true,
    () => false,
  )
}

test('rules 27 and 28: one that stops with an answer half read loses its session too', async () => {
  expect(await db.query('show tcp_user_timeout')).toEqual([{ tcp_user_timeout: '10000' }])
  expect(await stoppedWhileReading(500, 20_000)).toBe(true)
})

test('rules 27 and 28, tcp_user_timeout off: idle_session_timeout does not end it', async () =>
  expect(await stoppedWhileReading(0, 2_000)).toBe(false))

test('rule 27: what is refused, or fills its partition, holds up nobody else', async () => {
  const refusing: string[] = []
  const published: string[] = []
  const one: Sweeper = new Sweeper({
    ...{ databaseUrl: db.url, applicationName: 'sweeper', publishWindowMs: 60_000, locked: true, givesUp: true },
    publisher: {
      publish: (records: readonly OutboundRecord[]) => {
        for (const record of records) {
          published.push(record.id)
          if (record.topic === 'refusing') one.refused(record)
        }
      },
    },
    isAcknowledged: () => false,
    trouble: error => refusing.push(String(error)),
  })
  const fill = (topic: string, seq: number, rows: number) =>
    db.query(
      `insert into saga.outbox (seq, n, saga_id, topic, partition, headers, deferred)
       select $1, n, gen_random_uuid(), $2, 0, '{}', true from generate_series(1, $3::int) n`,
      [seq, topic, rows],
    )
  await fill('refusing', 1, 2_500)
  await fill('well', 2, 1)
  const stuck = [3, 4, 5, 6, 7, 8]
  for (const seq of stuck) await fill(`stuck ${seq}`, seq, 2_500)
  one.run()
  onTestFinished(() => one.stop())
  await eventually('the last one leaves', () => published.includes('2/1'))
  for (const seq of stuck) expect(published.filter(id => id.startsWith(`${seq}/`)).length).toBeLessThanOrEqual(500)
})
