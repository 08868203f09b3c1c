/** Messages that could stop all those behind them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { StartError } from '../errors.ts'
import { describeStates } from '../postgres/state-tables.ts'
import { state } from '../states.ts'
import { type Database, delivered, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { behaviour, Paid } from '../testing/participant.fixture.ts'

let db: Database
beforeAll(async () => {
  db = await freshDatabase()
})
afterAll(() => db.close())

const paid = (amount: number, o: { id?: string } = {}) =>
  delivered(Paid, { sagaId: newSagaId(), account: `a${amount}`, amount }, o)

test('rules 7 and 29: a row that ends its connection at every try is its own message’s fault, and its neighbours commit', async () => {
  await db.query(`
    create function end_it() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
    create trigger end_it before insert on payments for each row when (new.amount = 666) execute function end_it()`)
  const a = await db.instance()
  const [before, culprit, behind] = [paid(1), paid(666), paid(2)]
  const ends = await a.deliver(before, culprit, behind)
  const outcomeOf = (delivery: unknown) => ends.filter(e => e.delivery === delivery).map(e => e.outcome)
  expect([outcomeOf(before), outcomeOf(culprit), outcomeOf(behind)]).toEqual([['succeeded'], ['failed'], ['succeeded']])
})

test('rule 21: a message that the database will not even store as failed is a letter, and holds up nobody', async () => {
  await db.query(
    `alter table saga.waiting add constraint no_such_step check (step <> 'pay' or kind <> 'retry') not valid`,
  )
  const a = await db.instance()
  behaviour.set('pay', e => {
    if (e.amount === 13) throw new Error('no')
  })
  const culprit = paid(13)
  const headers = {
    ...culprit.envelope.headers,
    'kafka_dlt-original-topic': 't',
    'kafka_dlt-original-partition': '3',
    'kafka_dlt-original-offset': '42',
  }
  await a.deliver({ ...culprit, envelope: { ...culprit.envelope, headers } }, paid(3))
  behaviour.clear()
  await db.query('alter table saga.waiting drop constraint no_such_step')
  expect(
    await db.query(`select message_id, kind, error_code, saga_id from saga.waiting where message_id = 't/3/42'`),
  ).toEqual([{ message_id: 't/3/42', kind: 'dead', error_code: 'row-refused', saga_id: null }])
  expect(await db.query(`select balance from accounts where account = 'a3'`)).toEqual([{ balance: 3 }])
})

test.each([
  ['bytea', 'id text primary key, data bytea'],
  ['interval', 'id text primary key, data interval'],
  ['numeric key', 'id numeric primary key'],
])('a state table with %s is refused at start: its rows would change when they are saved', async (_, columns) => {
  await db.query(`drop table if exists unfit; create table unfit (${columns})`)
  const unfit = state<{ id: string }>()({ table: 'unfit', key: 'id' })
  await expect(describeStates(db.pool, { unfit })).rejects.toMatchObject({
    name: StartError.name,
    code: 'state-column-type',
  })
})

test('a date and a timestamp without a time zone come back as they were, however often they are saved', async () => {
  await db.query(`create table dated (id text primary key, day date, at timestamp)`)
  await db.query(`insert into dated values ('x', '2026-01-10', '2026-01-10 12:00:00.123456')`)
  const client = await db.pool.connect()
  const { rows } = await client.query('select * from dated')
  await client.query(
    'update dated d set day = r.day, at = r.at from json_populate_recordset(null::dated, $1) r where d.id = r.id',
    [JSON.stringify(rows)],
  )
  expect((await client.query('select day::text, at::text from dated')).rows).toEqual([
    { day: '2026-01-10', at: '2026-01-10 12:00:00.123456' },
  ])
  client.release()
})
