import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connectionConfig } from '../postgres/connect.ts'
import { type Database, delivered, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { balanceOf, expectMoneyToAddUp, outcomes } from '../testing/ledger-checks.fixture.ts'
import { until } from '../testing/locks.fixture.ts'
import { Paid, TopUp } from '../testing/participant.fixture.ts'

let db: Database
beforeAll(async () => {
  db = await freshDatabase()
})
afterAll(() => db.close())
afterEach(async () => {
  await db.query('drop function if exists trouble cascade')
  await db.query('delete from accounts; delete from payments')
})
const paidTo = (account: string) => delivered(Paid, { sagaId: newSagaId(), account, amount: 5 })
const attempts = () =>
  db.query('select max(attempts) as most, count(*) filter (where attempts <> 1) as more from saga.saga_log')

/** From now on saving the account `bad` is refused with this SQLSTATE, until `off`. */
async function trouble(sqlstate: string, table = 'accounts', when = `new.account = 'bad'`) {
  await db.query(
    `create function trouble() returns trigger language plpgsql as $$ begin raise exception 'on purpose' using errcode = '${sqlstate}'; end $$`,
  )
  await db.query(
    `create trigger trouble before insert or update on ${table} for each row when (${when}) execute function trouble()`,
  )
  return { off: () => db.query('drop function trouble cascade') }
}

describe('rule 28: a stopped process does not stop the service', () => {
  test('every connection has its limits, and waits for the disk', async () => {
    const client = new pg.Client(connectionConfig({ url: db.url, applicationName: 'x' }))
    await client.connect()
    const settings: string[] = []
    for (const name of [
      'synchronous_commit',
      'default_transaction_isolation',
      'idle_in_transaction_session_timeout',
      'lock_timeout',
      'statement_timeout',
      'tcp_keepalives_idle',
      'TimeZone',
    ])
      settings.push((await client.query(`show ${name}`)).rows.map(row => Object.values(row)).join())
    await client.end()
    expect(settings).toEqual(['on', 'read committed', '5s', '5s', '10s', '5', 'UTC'])
  })

  test('one that stops inside a transaction loses its locks; without these settings it keeps them, and its sagas wait', async () => {
    const [stopped, unlimited] = [paidTo('stopped'), paidTo('unlimited')]
    const a = await db.instance()
    const b = await db.instance()
    const lock = 'insert into saga.sagas (saga_id, partition) values ($1, 0)'
    // A process that stops (SIGSTOP) says nothing more on its connection: this one is never heard of again.
    const client = new pg.Client(connectionConfig({ url: db.url, applicationName: 'stopped' }))
    client.on('error', () => {})
    await client.connect()
    await client.query('begin')
    await client.query(lock, [stopped.sagaId])
    const without = await db.hold(lock, [unlimited.sagaId])

    const [through, waiting] = [a.deliver(stopped), b.deliver(unlimited)]
    expect(outcomes(await through)).toEqual(['succeeded'])
    await until('the lock timeout pauses it', () => b.pauses.length > 0)
    expect(b.errors).toEqual(['55P03'])
    expect(b.decided).toEqual([])
    await without.release()
    expect(outcomes(await waiting)).toEqual(['succeeded'])
    expect(await attempts()).toEqual([{ most: 1, more: 0 }])
  })
})

describe('rule 29: infrastructure is judged by the transaction, and counts nothing', () => {
  test('a connection that is killed in the middle: the batch runs again, once', async () => {
    const a = await db.instance()
    await db.query(`insert into accounts values ('ann', 0)`)
    const held = await db.hold(`select from accounts where account = 'ann' for update`)
    const delivering = a.deliver(paidTo('ann'), paidTo('ann'))
    await db.untilBlocked(1)
    await db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'instance' and datname = current_database()`,
    )
    await until('it pauses', () => a.pauses.length > 0)
    await held.release()
    expect(outcomes(await delivering)).toEqual(['succeeded', 'succeeded'])
    expect(a.pauses).toEqual([
      { cause: 'database', isPaused: true },
      { cause: 'database', isPaused: false },
    ])
    expect(await balanceOf(db, 'ann')).toBe(10)
    expect(await attempts()).toEqual([{ most: 1, more: 0 }])
    await expectMoneyToAddUp(db)
  })

  test.each(['53100', '53200', '57P03', '25006', '08006', '55P03', '25P03'])(
    'SQLSTATE %s pauses, though one message of the batch meets it',
    async sqlstate => {
      const a = await db.instance()
      const { off } = await trouble(sqlstate)
      const delivering = a.deliver(paidTo('good'), paidTo('bad'))
      await until('it pauses', () => a.pauses.length > 0)
      expect(a.decided).toEqual([])
      await off()
      expect(outcomes(await delivering)).toEqual(['succeeded', 'succeeded'])
      expect(await attempts()).toEqual([{ most: 1, more: 0 }])
      await expectMoneyToAddUp(db)
    },
  )

  test('without it each message of the batch burns a try', async () => {
    const a = await db.instance({ pause: false })
    await trouble('53100')
    expect(outcomes(await a.deliver(paidTo('good'), paidTo('bad')))).toEqual(['failed', 'failed'])
    expect(a.pauses).toEqual([])
    await db.query('delete from saga.waiting; delete from saga.saga_log')
  })

  test('a command does not wait: its client is told to come again', async () => {
    const a = await db.instance()
    const { off } = await trouble('53100')
    expect(await a.command(TopUp, { account: 'bad', amount: 1 })).toMatchObject({
      status: 'unavailable',
      code: 'database-unavailable',
    })
    await off()
    expect(await a.command(TopUp, { account: 'bad', amount: 1 }, { key: 'again' })).toMatchObject({
      status: 'accepted',
    })
  })

  test('a statement out of time, in company: the message is found and counts a try, since the database is well', async () => {
    const a = await db.instance()
    await trouble('57014')
    const decided = await a.deliver(paidTo('good'), paidTo('bad'), paidTo('good'))
    expect(decided.map(d => [d.outcome, d.code])).toEqual([
      ['succeeded', undefined],
      ['failed', 'sqlstate-57014'],
      ['succeeded', undefined],
    ])
    expect(a.pauses).toEqual([])
    await db.query('delete from saga.waiting; delete from saga.saga_log')
  })

  test('a statement out of time, alone, while no probe can be written either: it pauses', async () => {
    const a = await db.instance()
    const { off } = await trouble('57014')
    await db.query(
      `create trigger trouble before insert on saga.idempotency_keys for each row when (new.route = 'probe') execute function trouble()`,
    )
    const delivering = a.deliver(paidTo('bad'))
    await until('it pauses', () => a.pauses.length > 0)
    await off()
    expect(outcomes(await delivering)).toEqual(['succeeded'])
    expect(await attempts()).toEqual([{ most: 1, more: 0 }])
  })

  test('any other refusal is a message’s fault only if it repeats when the message stands alone', async () => {
    const a = await db.instance()
    await db.query('create sequence refusals')
    await db.query(
      `create function trouble() returns trigger language plpgsql as $$ begin if nextval('refusals') < 2 then raise exception 'on purpose' using errcode = 'XX000'; end if; return new; end $$`,
    )
    await db.query('create trigger trouble before insert on accounts for each row execute function trouble()')
    expect(outcomes(await a.deliver(paidTo('ann')))).toEqual(['succeeded'])
    expect(a.errors).toEqual(['XX000'])
    expect(await attempts()).toEqual([{ most: 1, more: 0 }])
  })

  test('while not even the failed row can be written it pauses, and goes on where it was', async () => {
    const a = await db.instance()
    const { off } = await trouble('XX000', 'saga.saga_log', 'true')
    const delivering = a.deliver(paidTo('ann'))
    await until('it pauses', () => a.pauses.length > 0)
    await off()
    // The database refused it twice when it stood alone: that is a try, and a retry follows.
    expect(outcomes(await delivering)).toEqual(['failed'])
    await until('its retry is due', async () => outcomes(await a.runDue()).includes('succeeded'))
    expect(a.pauses.at(-1)).toEqual({ cause: 'database', isPaused: false })
  })
})
