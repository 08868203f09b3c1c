import { expect, inject, test, vi } from 'vitest'
import { expireAll } from '../../services/console/src/observer/expire.ts'
import { migrateOwn } from '../../shared/src/postgres/migrate.ts'
import { newSagaId } from '../../shared/src/testing/engine.fixture.ts'
import { until } from '../e2e/until.ts'
import { confirmedOrder, sagaIdOf } from './confirmed-order.ts'
import { type ConsoleGround, consoleGround } from './ground.ts'
import { unansweringPort } from './unanswering-port.ts'

// They wait for each other's schemas, and one for its dead member's session.
vi.setConfig({ testTimeout: 180_000 })

let last: Promise<unknown> = Promise.resolve()
/** One after the other: each has fourteen schemas to register. */
function nextGround(): Promise<ConsoleGround> {
  const next = last.then(consoleGround)
  last = next.catch(() => undefined)
  return next
}

/** Each test has a ground of its own and runs beside the others: most of its time it waits. */
async function onGround(run: (ground: ConsoleGround) => Promise<void>): Promise<void> {
  const ground = await nextGround()
  try {
    await run(ground)
  } finally {
    await ground.end()
  }
}

const stateOf = async ({ query }: ConsoleGround, sagaId: string) =>
  (await query('select state from sagas where saga_id = $1', [sagaId]))[0]?.state
const settled = (ground: ConsoleGround, sagaId: string) =>
  until('the saga is settled', async () => (await stateOf(ground, sagaId)) === 'settled', {
    seen: () => stateOf(ground, sagaId),
  })

test.concurrent('events in any order, some of them twice, are one saga with its events', () =>
  onGround(async ground => {
    await ground.declare(...ground.participants)
    const order = confirmedOrder(ground.publisher, 'ann')
    const sagaId = sagaIdOf(order)
    for (const event of order.toReversed()) await ground.publisher.publish(event)
    await ground.publisher.publish(order[1]!, order[1]!, order[4]!)
    const console = await ground.start()
    await settled(ground, sagaId)
    await until(
      'the copies are seen',
      async () => (await ground.query('select max(copies) as most from events'))[0]?.most === 3,
    )

    const { saga, events, verdict } = await ground.ask(console, `/api/sagas/${sagaId}`)
    expect(saga).toMatchObject({ state: 'settled', events: 6, attributes: { customerId: 'ann' }, errorCode: null })
    expect(events.map((event: any) => [event.type, event.step, event.copies])).toEqual([
      ['OrderPlaced', 'place_order', 1],
      ['StockReserved', 'reserve_stock', 3],
      ['BalanceDeducted', 'deduct_balance', 1],
      ['OrderConfirmed', 'confirm_order', 1],
      ['StockCommitted', 'commit_stock', 2],
      ['NotificationSent', 'notify_confirmed', 1],
    ])
    expect(events[2]).toMatchObject({ event: { amountMinor: 100 }, causationId: `${sagaId}/reserve_stock/action` })
    // Nobody runs who could say more.
    expect(verdict).toBe('unknown')
  }))

test.concurrent('killed in the middle, it goes on: nothing is lost, and nothing is there twice', () =>
  onGround(async ground => {
    await ground.declare(...ground.participants)
    const orders = Array.from({ length: 300 }, () => confirmedOrder(ground.publisher))
    await ground.publisher.publish(...orders.flat())
    const process = await ground.process({ MAX_BATCH: '40' })
    await process.start()
    await ground.seen(200)
    await process.kill()
    await process.start()
    await ground.seen(1_800)
    await until('all are settled', async () => {
      const [row] = await ground.query(
        `select count(*)::integer as n from sagas where state = 'settled' and events = 6`,
      )
      return row.n === orders.length
    })
    expect(await ground.query('select count(*)::integer as n, max(copies) as most from events')).toEqual([
      { n: 1_800, most: 1 },
    ])
    expect(
      await ground.query('select state, sum(n)::integer as n from saga_counts group by state having sum(n) <> 0'),
    ).toEqual([{ state: 'settled', n: 300 }])
  }))

test.concurrent('a participant that declares itself later is read from then on, from its first event', () =>
  onGround(async ground => {
    const [order, ...others] = ['order', 'inventory', 'balance', 'notification'].map(
      name => ground.participants.find(({ service }) => service === name)!,
    )
    // Of the others it knows only what order reads.
    await ground.declare(order!)
    const events = confirmedOrder(ground.publisher)
    await ground.publisher.publish(...events)
    await ground.start()
    await ground.seen(5)
    expect(await ground.query(`select 1 from events where service = 'notification'`)).toEqual([])
    await ground.declare(...others)
    await ground.seen(6)
    await settled(ground, sagaIdOf(events))
  }))

test.concurrent('what nobody can read is kept and counted, and holds up nothing', () =>
  onGround(async ground => {
    await ground.declare(...ground.participants)
    const good = confirmedOrder(ground.publisher, '<script>alert(1)</script>')
    const [placed, reserved] = confirmedOrder(ground.publisher)
    const future = confirmedOrder(ground.publisher, 'ann', newSagaId(Date.now() + 40 * 86_400_000))[0]!
    const topic = 'order.events.v1'
    await ground.publisher.publish(
      { topic, key: 'x', value: Buffer.from('garbage'), headers: {} },
      { topic, key: null, value: null, headers: { ce_id: Buffer.from([0xff, 0xfe]), ce_type: 'a\0b' } },
      { ...placed!, value: Buffer.from('no Avro at all') },
      { ...reserved!, value: Buffer.concat([reserved!.value!.subarray(0, 5), Buffer.from([0xff])]) },
      { ...placed!, headers: { ...placed!.headers, ce_id: 'i'.repeat(5_000) } },
      future,
      ...good,
    )
    const console = await ground.start()
    await settled(ground, sagaIdOf(good))
    expect(await ground.ask(console, `/api/sagas/${sagaIdOf(good)}`)).toMatchObject({
      saga: { attributes: { customerId: '<script>alert(1)</script>' } },
    })
    await until(
      'the foreign records are kept',
      async () => (await ground.query('select 1 from foreign_records')).length === 4,
    )
    const foreign = await ground.query('select why, key, body from foreign_records order by why')
    expect(foreign.map(({ why }) => why)).toEqual(['id-too-long', 'no-cloud-event', 'no-cloud-event', 'no-saga'])
    expect(foreign).toContainEqual({ why: 'no-cloud-event', key: Buffer.from('x'), body: Buffer.from('garbage') })
    const { events } = await ground.ask(console, `/api/sagas/${String(placed!.key)}`)
    expect(events).toMatchObject([
      { type: 'OrderPlaced', event: null, bodyBase64: Buffer.from('no Avro at all').toString('base64') },
      { type: 'StockReserved', event: null },
    ])
  }))

test.concurrent('what a version cannot take is put aside, beside which nothing is held up, and the next one takes it', () =>
  onGround(async ground => {
    await ground.declare(...ground.participants)
    const orders = Array.from({ length: 20 }, () => confirmedOrder(ground.publisher))
    const sagaId = sagaIdOf(orders[7]!)
    await ground.publisher.publish(...orders.flat(), {
      ...{ topic: 'order.events.v1', key: 'x', value: Buffer.from('garbage'), headers: {} },
    })
    const before = await ground.process()
    // Its tables, without its observer having seen anything.
    await migrateOwn(ground.databaseUrl, new URL('../../services/console/migrations/', import.meta.url))
    await ground.query(`alter table events add constraint wrong check (id <> '${sagaId}/deduct_balance/action')`)
    await before.start()
    await ground.seen(119)
    const aside = () =>
      ground.query('select why, convert_from(key, $1) as key from foreign_records order by why', ['utf8'])
    await until('both are kept raw', async () => (await aside()).length === 2)
    expect(await aside()).toEqual([
      { why: 'fault', key: sagaId },
      { why: 'no-cloud-event', key: 'x' },
    ])

    const health = await fetch(`${before.url}/api/health`).then(answer => answer.json())
    expect((health as any).observer).toMatchObject({ putAside: 1 })

    // An update: nothing but its start says that it came.
    await before.stop()
    const { rows } = await ground.pool.query('select at from foreign_records where why = $1', ['fault'])
    await ground.query('alter table events drop constraint wrong')
    const console = await ground.start()
    await ground.seen(120)
    await settled(ground, sagaId)
    expect(await aside()).toEqual([{ why: 'no-cloud-event', key: 'x' }])
    expect(rows[0].at.getTime()).toBeGreaterThan(Date.now() - 600_000)
    expect((await ground.ask(console, '/api/health')).observer).toMatchObject({ putAside: 0 })
    const { events } = await ground.ask(console, `/api/sagas/${sagaId}`)
    expect(events.map((event: any) => [event.type, event.copies, event.event !== null])).toContainEqual([
      ...['BalanceDeducted', 1, true],
    ])
  }))

test.concurrent('a database that is too slow for its statements loses it nothing', () =>
  onGround(async ground => {
    await ground.declare(...ground.participants)
    await ground.publisher.publish(...confirmedOrder(ground.publisher))
    const console = await ground.process()
    await migrateOwn(ground.databaseUrl, new URL('../../services/console/migrations/', import.meta.url))
    await ground.query(`create sequence tries;
      create function run_out_of_time() returns trigger language plpgsql as
        $$ begin perform nextval('tries'); raise exception 'canceling statement' using errcode = '57014'; end $$;
      create trigger slow before insert on events for each statement execute function run_out_of_time()`)
    await console.start()
    await until('it has tried again', async () => {
      const [tries] = await ground.query('select last_value::integer as n from tries')
      return tries.n > 12
    })
    await ground.query('drop trigger slow on events')
    await ground.seen(6)
    expect(await ground.query('select why from foreign_records')).toEqual([])
  }))

test.concurrent('a database whose connections break again and again loses it nothing', () =>
  onGround(async ground => {
    await ground.declare(...ground.participants)
    const console = await ground.start({ MAX_BATCH: '30' })
    const orders = Array.from({ length: 60 }, () => confirmedOrder(ground.publisher))
    for (let n = 0; n < orders.length; n += 10) {
      await ground.publisher.publish(...orders.slice(n, n + 10).flat())
      await ground.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'console%'`,
      )
    }
    await ground.seen(360)
    expect(await ground.query('select count(*)::integer as n, max(copies) as most from events')).toEqual([
      { n: 360, most: 1 },
    ])
    for (const order of orders) await settled(ground, sagaIdOf(order))
    await until('it is ready', async () => (await ground.ask(console, '/readyz')).status === 'ready')
  }))

test.concurrent('while the registry is away events are kept raw, and are read once it is back', () =>
  onGround(async ground => {
    await ground.declare(...ground.participants)
    const order = confirmedOrder(ground.publisher, 'ann')
    await ground.publisher.publish(...order)
    const registry = await unansweringPort()
    const console = await ground.start({ SCHEMA_REGISTRY_URL: `http://127.0.0.1:${registry.port}/apis/ccompat/v7` })
    await settled(ground, sagaIdOf(order))
    expect(await ground.query('select distinct unread, event from events')).toEqual([{ unread: 'schema', event: null }])
    expect(await ground.ask(console, '/api/sagas?attribute=customerId:ann')).toMatchObject({ sagas: [] })
    registry.forwardTo(inject('registryUrl'))
    await until(
      'all are read',
      async () => (await ground.query('select 1 from events where unread is not null')).length === 0,
    )
    expect(await ground.ask(console, '/api/sagas?attribute=customerId:ann')).toMatchObject({
      sagas: [{ attributes: { customerId: 'ann' } }],
    })
    await registry.close()
  }))

test.concurrent('a letter blocks its saga until its marker comes, whichever is read first', () =>
  onGround(async ground => {
    await ground.declare(...ground.participants)
    const order = confirmedOrder(ground.publisher)
    const sagaId = sagaIdOf(order)
    const letterId = `${sagaId}/reserve_stock/action`
    const letter = {
      ...{ topic: 'balance.dlq', key: sagaId, value: order[1]!.value },
      headers: {
        ...order[1]!.headers,
        ...{ 'dlq-id': letterId, 'dlq-deaths': '1', 'dlq-status': 'dead', 'dlq-service': 'balance' },
        ...{ 'dlq-step': 'deduct_balance', 'dlq-direction': 'action', 'dlq-error-code': 'handler-threw' },
        ...{ 'dlq-error-message': 'no', 'dlq-attempts': '5', 'dlq-first-failed-at': new Date().toISOString() },
        'dlq-died-at': '2026-01-31T12:00:00.123Z',
      },
    }
    await ground.publisher.publish(...order.slice(0, 2), letter)
    const console = await ground.start()
    await until('it is blocked', async () => (await stateOf(ground, sagaId)) === 'blocked')
    expect(await ground.ask(console, '/api/letters/groups')).toMatchObject({
      groups: [
        {
          service: 'balance',
          step: 'deduct_balance',
          errorCode: 'handler-threw',
          letters: 1,
          sagas: 1,
          errorMessage: 'no',
        },
      ],
    })
    expect(await ground.ask(console, '/api/letters?step=deduct_balance')).toMatchObject({
      letters: [{ id: letterId, sagaId, status: 'open', diedAt: '2026-01-31T12:00:00.123Z' }],
    })
    expect(await ground.ask(console, '/api/sagas?error=handler-threw&step=deduct_balance')).toMatchObject({
      sagas: [{ sagaId }],
    })

    const headers = { 'dlq-id': letterId, 'dlq-deaths': '1', 'dlq-status': 'replayed' }
    await ground.publisher.publish({ topic: 'balance.dlq', key: sagaId, value: null, headers }, ...order.slice(2))
    await settled(ground, sagaId)
    expect(await ground.ask(console, '/api/letters')).toEqual({ letters: [], next: null })
    expect((await ground.ask(console, `/api/sagas/${sagaId}`)).letters).toMatchObject([
      { status: 'replayed', errorCode: 'handler-threw', attempts: 5 },
    ])
  }))

test.concurrent('old sagas expire with all that is known of them, and are counted no more', () =>
  onGround(async ground => {
    await ground.declare(...ground.participants)
    const days = (many: number) => newSagaId(Date.now() - many * 86_400_000)
    const [old, young, unsettled] = [
      confirmedOrder(ground.publisher, 'ann', days(40)),
      confirmedOrder(ground.publisher, 'ann', days(20)),
      confirmedOrder(ground.publisher, 'ann', days(41)).slice(0, 3),
    ]
    await ground.publisher.publish(...old, ...young, ...unsettled)
    // It expires nothing by itself: its usual time is longer.
    await ground.start({ KEEP_SETTLED: '365d', KEEP_OPEN: '365d' })
    await settled(ground, sagaIdOf(old))
    await settled(ground, sagaIdOf(young))
    await expireAll({
      ...{ pool: ground.pool, keepSettledMs: 30 * 86_400_000, keepOpenMs: 60 * 86_400_000 },
      expired: () => {},
    })
    const left = [sagaIdOf(unsettled), sagaIdOf(young)]
    expect((await ground.query('select saga_id from sagas order by saga_id')).map(row => row.saga_id)).toEqual(left)
    for (const table of ['events', 'saga_attributes'])
      expect(
        (await ground.query(`select distinct saga_id from ${table} order by saga_id`)).map(row => row.saga_id),
      ).toEqual(left)
    expect(
      await ground.query('select state, sum(n)::integer as n from saga_counts group by state order by state'),
    ).toEqual([
      { state: 'open', n: 1 },
      { state: 'settled', n: 1 },
    ])
  }))
