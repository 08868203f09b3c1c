import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { type LossyProxy, startProxy } from '../../../test/faults/tcp-proxy.ts'
import { Acknowledged } from '../postgres/acknowledged.ts'
import { deleteAcknowledged } from '../postgres/delete-acknowledged.ts'
import { AcknowledgedDeleter } from '../runtime/acknowledged-deleter.ts'
import { OutboxLimit } from '../runtime/outbox-limit.ts'
import { Sweeper } from '../runtime/sweeper.ts'
import { type Database, delivered, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { Paid } from '../testing/participant.fixture.ts'
import { type Deployment, deploy, eventually, type Instance } from '../testing/service.fixture.ts'

let ledger: Deployment
let proxy: LossyProxy
beforeAll(async () => {
  ledger = await deploy({ environment: { OUTBOX_MAX: '3', PUBLISH_WINDOW: '1m' } })
  const [host = '', port] = inject('brokers')[0]!.split(':')
  proxy = await startProxy({ host, port: Number(port) })
})
afterEach(async () => {
  proxy.requestOf = () => 'pass'
  await ledger.stopAll()
})
afterAll(async () => {
  await ledger.close()
  await proxy.close()
})
const rowsIn = async (d: { query(text: string): Promise<unknown[]> }) =>
  (await d.query('select from saga.outbox')).length
const untilLeft = (db: Database, rows: number) =>
  eventually(
    `the outbox has ${rows} rows`,
    () => rowsIn(db),
    left => left === rows,
  )
const deleterOf = (
  { pool }: Database,
  { acknowledged }: { acknowledged: Acknowledged },
  trouble: (error: unknown) => void = () => undefined,
) => new AcknowledgedDeleter({ pool, acknowledged, trouble })
const paid = (account: string, amount: number) => delivered(Paid, { sagaId: newSagaId(), account, amount })

/** A row that is acknowledged and stands, and who deletes it. */
async function oneAcknowledged() {
  const db = await freshDatabase()
  const a = await db.instance()
  await a.deliver(paid('ann', 1))
  a.acknowledged.add(a.published)
  const trouble: unknown[] = []
  return { db, a, trouble, deleter: deleterOf(db, a, error => trouble.push(error)) }
}

test('rule 26: what is acknowledged is deleted soon, and nothing else', async () => {
  const db = await freshDatabase()
  const a = await db.instance()
  await a.deliver(...Array.from({ length: 20 }, () => paid('ann', 1)))
  const rows = a.published.toSorted((one, other) => one.n - other.n)
  const stays = [3, 4, 11].map(n => rows[n]!)
  const deleter = deleterOf(db, a)
  // Nothing yet: that does not end what comes.
  deleter.deleteSoon()
  a.acknowledged.add(rows.filter(row => !stays.includes(row)))
  deleter.deleteSoon()
  expect(await rowsIn(db)).toBe(20)
  await untilLeft(db, stays.length)
  expect(await db.query('select seq, n from saga.outbox order by n')).toEqual(stays.map(({ seq, n }) => ({ seq, n })))
  // A transaction that looked at the outbox before may ask just behind it.
  expect(a.acknowledged.unacknowledged(rows)).toEqual(stays)

  // Nobody has to say it again when more is acknowledged behind these.
  a.acknowledged.add(stays)
  deleter.deleteSoon()
  await untilLeft(db, 0)
  await deleter.stop()
  await db.close()
})

test('rule 26: acknowledged rows come back when they could not be deleted', async () => {
  const { db, a, deleter, trouble } = await oneAcknowledged()
  await db.query('alter table saga.outbox rename to gone')
  expect(await deleter.flush()).toBe(false)
  expect(trouble).toMatchObject([{ code: '42P01' }])
  // It still holds nobody up.
  expect(a.acknowledged.has(a.published[0]!)).toBe(true)
  await db.query('alter table saga.gone rename to outbox')
  deleter.deleteSoon()
  await untilLeft(db, 0)
  await deleter.stop()
  await db.close()
})

test('rule 26: what is acknowledged is forgotten with the connection: behind it may answer a replica that has another row in its place', async () => {
  const { db, a, deleter, trouble } = await oneAcknowledged()
  const held = await db.hold('select from saga.outbox for update')
  const failed = deleter.flush()
  await eventually(
    'its backend waits, and is ended',
    () =>
      db.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      ),
    rows => rows.length === 1,
  )
  expect(await failed).toBe(false)
  expect(trouble).toMatchObject([{ code: '57P01' }])
  await held.release()
  await db.query('update saga.outbox set saga_id = $1', [newSagaId()])
  expect(await deleter.flush()).toBe(true)
  expect(await rowsIn(db)).toBe(1)
  // The sweeper publishes it: a copy, unless it is another's.
  expect(a.acknowledged.has(a.published[0]!)).toBe(false)
  await deleter.stop()
  await db.close()
})

test('rule 26: one deletion at a time; whoever waits for it finds nothing standing', async () => {
  const { db, a, deleter } = await oneAcknowledged()
  const held = await db.hold('select from saga.outbox for update')
  deleter.deleteSoon()
  await eventually(
    'it is being deleted',
    async () => a.acknowledged.size,
    size => size === 0,
  )
  const left = deleter.flush().then(() => rowsIn(db))
  await held.release()
  expect(await left).toBe(0)
  await deleter.stop()
  await db.close()
})

test('rule 26: a row that a crash of the database brings back is published again, by the process that had it deleted', async () => {
  const db = await freshDatabase()
  const a = await db.instance()
  await a.deliver(paid('ann', 1))
  const [row] = await db.query('select * from saga.outbox')
  a.acknowledged.add(a.published)
  await deleterOf(db, a).flush()
  expect(await rowsIn(db)).toBe(0)
  await db.query(
    `insert into saga.outbox (seq, n, saga_id, topic, partition, key, headers, body, deferred, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, false, now() - interval '1 hour')`,
    [row.seq, row.n, row.saga_id, row.topic, row.partition, row.key, row.headers, row.body],
  )
  const published: unknown[] = []
  const sweeper = new Sweeper({
    ...{ databaseUrl: db.url, applicationName: 'sweeper', publishWindowMs: 1_000, locked: true, givesUp: true },
    publisher: { publish: records => published.push(...records) },
    isAcknowledged: place => a.acknowledged.has(place),
    trouble: () => undefined,
  })
  sweeper.run()
  await eventually(
    'it leaves again',
    async () => published,
    found => found.length === 1,
  )
  await sweeper.stop()
  await db.close()
})

test('rule 26: rows that another instance deletes too are waited for, and no commit of theirs waits for the disk', async () => {
  const db = await freshDatabase()
  await db.query(`
    create table commits (waits text);
    create function note() returns trigger language plpgsql as
      $$ begin insert into commits values (current_setting('synchronous_commit')); return null; end $$;
    create trigger note after delete on saga.outbox for each row execute function note();
  `)
  const a = await db.instance()
  await a.deliver(...Array.from({ length: 10 }, () => paid('ann', 1)))
  // In whatever order they were acknowledged: both take the rows in one.
  await Promise.all([deleteAcknowledged(db.pool, a.published), deleteAcknowledged(db.pool, a.published.toReversed())])
  expect(await rowsIn(db)).toBe(0)
  expect(await db.query('select waits, count(*)::int as rows from commits group by 1')).toEqual([
    { waits: 'off', rows: 10 },
  ])
  expect(await db.query(`select current_setting('synchronous_commit') as now`)).toEqual([{ now: 'on' }])
  await db.close()
})

test('rule 26: it belongs to one deletion at a time', () => {
  const acknowledged = new Acknowledged()
  acknowledged.add([{ seq: 1, n: 0 }])
  const taken = acknowledged.take()
  expect(acknowledged.take()).toEqual([])
  expect(acknowledged.has({ seq: 1, n: 0 })).toBe(true)
  acknowledged.giveBack(taken)
  expect(acknowledged.take()).toEqual(taken)
})

test('rule 26, safeguard off: it is forgotten, and stands until the sweeper publishes it again', () => {
  const acknowledged = new Acknowledged(false)
  acknowledged.add([{ seq: 1, n: 0 }])
  acknowledged.giveBack(acknowledged.take())
  expect(acknowledged.has({ seq: 1, n: 0 })).toBe(false)
})

const begin = async (service: Instance) => service.post(`/sagas/${newSagaId()}/begin`, { account: 'ann', amount: 1 })
async function whileKafkaIsAway(outboxLimit: boolean) {
  const service = await startAway(outboxLimit)
  const answers = []
  // The limit may come a second early, while the database is asked how many rows there are.
  for (let i = 0; i < 3; i++)
    answers.push(
      await eventually(
        'a command is taken',
        () => begin(service),
        ({ status }) => status === 200,
      ),
    )
  for (let i = 0; i < 2; i++) answers.push(await begin(service))
  return { service, answers }
}
/** Started while Kafka is there, since a start waits for it. */
async function startAway(outboxLimit: boolean): Promise<Instance> {
  const service = await ledger.start({
    safeguards: { outboxLimit },
    redirect: () => ({ host: '127.0.0.1', port: proxy.port }),
  })
  proxy.requestOf = () => 'cut'
  return service
}

test('rule 33: with only Kafka away commands are taken up to OUTBOX_MAX, then 503; when it is back, they are taken again', async () => {
  const { service, answers } = await whileKafkaIsAway(true)
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 503, 503])
  expect(answers[3]!.body).toMatchObject({ code: 'outbox-full' })
  expect(await rowsIn(ledger)).toBe(3)
  proxy.requestOf = () => 'pass'
  await eventually(
    'the outbox is empty',
    () => rowsIn(ledger),
    rows => rows === 0,
  )
  await eventually(
    'commands are taken again',
    () => begin(service),
    ({ status }) => status === 200,
  )
})

test('rule 33, safeguard off: the outbox grows beyond it', async () => {
  const { answers } = await whileKafkaIsAway(false)
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  expect(await rowsIn(ledger)).toBe(5)
  proxy.requestOf = () => 'pass'
  await eventually(
    'the outbox is empty',
    () => rowsIn(ledger),
    rows => rows === 0,
  )
})

test('rule 33: between two looks at the database a burst is counted here', () => {
  const limit = new OutboxLimit(10)
  limit.counting()(4)
  limit.added(5)
  expect(limit.isFull).toBe(false)
  limit.added(1)
  expect(limit.isFull).toBe(true)
  limit.left(2)
  expect(limit.isFull).toBe(false)
})

test('rule 33: what is added while the database is asked is not lost with its answer', () => {
  const limit = new OutboxLimit(10)
  limit.added(9)
  const counted = limit.counting()
  limit.added(1)
  counted(9)
  expect(limit.isFull).toBe(true)
})
