import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { after, PermanentError, succeed } from '../kit.ts'
import { adminOf } from '../testing/admin.fixture.ts'
import { dumpOf } from '../testing/dump.fixture.ts'
import { delivered, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import {
  Alarm,
  behaviour,
  Done,
  ledger as ledgerItself,
  Noted,
  NotedToo,
  Paid,
} from '../testing/participant.fixture.ts'
import { type Deployment, deploy, eventually, type Instance, type SentEvent, sent } from '../testing/service.fixture.ts'
import {
  Charged,
  Followed,
  sqlBehaviour,
  Uncharged,
  Wrote,
  workshop,
  workshopTables,
} from '../testing/workshop.fixture.ts'
import { type DryRun, dryRun } from './contract.ts'
import { dryRun as rehearsed } from './dry-run.ts'

const environment = { ADMIN_PORT: '0', RETRY_MAX_ATTEMPTS: '1' }
let ledger: Deployment
let shop: Deployment
beforeAll(async () => {
  ledger = await deploy({ environment })
  shop = await deploy({ environment, participant: workshop, tables: workshopTables })
})
afterEach(async () => {
  behaviour.clear()
  sqlBehaviour.clear()
  await Promise.all([ledger.stopAll(), shop.stopAll()])
})
afterAll(() => Promise.all([ledger.close(), shop.close()]))

const never = () => {
  throw new PermanentError('never', 'it can never be done')
}
/** The first of these is dead; nothing of the deployment moves any more. */
async function deadFirst(deployment: Deployment, ...events: SentEvent[]) {
  await deployment.publish(...events)
  const { sagaId } = events[0]!.message as unknown as { sagaId: string }
  const unfinished = `select from saga.waiting where saga_id = $1 and kind in ('dead', 'parked')`
  await eventually(
    'they wait',
    () => deployment.query(unfinished, [sagaId]),
    rows => rows.length === events.length,
  )
  await eventually(
    'all has left',
    () => deployment.query('select from saga.outbox'),
    rows => rows.length === 0,
  )
  return { id: events[0]!.id, sagaId, deaths: 1 }
}
/** Tried out, with nothing changed by it. */
async function triedOut(deployment: Deployment, service: Instance, ref: object): Promise<DryRun> {
  const [before, counted] = [await dumpOf(deployment), await service.metric('saga_steps_total')]
  const { status, body } = await adminOf(service.adminPort).post('/admin/dry-runs', ref)
  expect([status, body]).toEqual([200, body])
  expect(await dumpOf(deployment)).toEqual(before)
  expect(await service.metric('saga_steps_total')).toBe(counted)
  return dryRun.parse(body)
}
const outcomes = ({ steps }: DryRun) => steps.map(({ step, outcome }) => `${step} ${outcome}`)

test('it changes nothing, and says exactly what the replay then does', async () => {
  const service = await ledger.start()
  const sagaId = newSagaId()
  const fields = { sagaId, account: `account-${sagaId}`, amount: 5 }
  behaviour.set(`note/${sagaId}`, never)
  const ref = await deadFirst(ledger, sent(Noted, fields), sent(Paid, fields))
  behaviour.set(`note/${sagaId}`, () =>
    succeed(Done({ ...fields, amount: 7 }), after(3_600_000, Alarm, { account: 'ann' })),
  )

  const said = await triedOut(ledger, service, ref)
  expect(outcomes(said)).toEqual(['note succeeded', 'pay succeeded'])
  expect(said.steps[0]).toEqual({
    ...{ id: ref.id, messageType: 'Noted', step: 'note', direction: 'action', outcome: 'succeeded' },
    ...{ code: null, error: null, request: null },
  })
  expect(said.rows).toEqual([
    { table: 'payments', key: sagaId, before: null, after: fields },
    { table: 'accounts', key: fields.account, before: null, after: { account: fields.account, balance: 5 } },
  ])
  expect(said.published).toMatchObject([
    { id: `${sagaId}/note/action`, type: 'Done', event: { type: 'Done', ...fields, amount: 7 } },
    { id: `${sagaId}/pay/action`, type: 'Done', event: { type: 'Done', ...fields } },
  ])
  expect(said.timers).toEqual([{ type: 'Alarm', dueAt: expect.stringMatching(/Z$/) }])
  expect(said.stillBehind).toBe(0)

  await adminOf(service.adminPort).post('/admin/replays', { letters: [ref], plan: 'p' })
  const events = async () => (await ledger.records('ledger.events.v1')).filter(r => r.key === sagaId)
  const left = await eventually('both have left', events, found => found.length === 2)
  expect(left.map(r => r.headers.ce_id)).toEqual(said.published.map(({ id }) => id))
  for (const { table, key, after: row } of said.rows) {
    const column = table === 'payments' ? 'saga_id' : 'account'
    const [found] = await ledger.query(`select * from ${table} where ${column} = $1`, [key])
    const camel = Object.fromEntries(
      Object.entries(found).map(([name, value]) => [name === 'saga_id' ? 'sagaId' : name, value]),
    )
    expect(camel).toEqual(row)
  }
  const timers = await ledger.query(`select message_type as type from saga.waiting where saga_id = $1`, [sagaId])
  expect(timers).toEqual([{ type: 'Alarm' }])
})

test('it goes up to the first failure, and says what still waits behind it', async () => {
  const service = await ledger.start()
  const sagaId = newSagaId()
  const fields = { sagaId, account: 'ann', amount: 5 }
  behaviour.set(`note/${sagaId}`, never)
  const ref = await deadFirst(
    ledger,
    sent(Noted, fields),
    sent(NotedToo, fields),
    sent(Paid, { ...fields, amount: -9 }),
    sent(NotedToo, fields),
  )
  expect(outcomes(await triedOut(ledger, service, ref))).toEqual(['note dead'])
  behaviour.delete(`note/${sagaId}`)
  // The database refuses a negative balance: that is the payment's failure, and not the dry run's.
  const said = await triedOut(ledger, service, ref)
  expect(outcomes(said)).toEqual(['note succeeded', 'note superseded', 'pay dead'])
  expect(said.steps[2]).toMatchObject({ code: 'sqlstate-23514', error: expect.stringContaining('balance') })
  expect(said).toMatchObject({ rows: [], published: [], stillBehind: 1, timers: [{ type: 'Alarm' }] })
})

test('a row that two messages change is one row: before the first, and after the second', async () => {
  const service = await ledger.start()
  const [one, two] = [newSagaId(), newSagaId()]
  const account = `account-${one}`
  await ledger.publish(sent(Paid, { sagaId: two, account, amount: 3 }))
  await eventually(
    'it is paid',
    () => ledger.query('select from payments where saga_id = $1', [two]),
    rows => rows.length === 1,
  )
  behaviour.set(`note/${one}`, never)
  const ref = await deadFirst(
    ledger,
    sent(Noted, { sagaId: one, account, amount: 1 }),
    sent(Paid, { sagaId: one, account, amount: 5 }),
  )
  behaviour.clear()
  expect((await triedOut(ledger, service, ref)).rows).toContainEqual({
    ...{ table: 'accounts', key: account, before: { account, balance: 3 }, after: { account, balance: 8 } },
  })
})

test('a letter that is not as it was looked at, is not there, or cannot be read', async () => {
  const service = await ledger.start()
  const admin = adminOf(service.adminPort)
  const sagaId = newSagaId()
  behaviour.set(`pay/${sagaId}`, never)
  const ref = await deadFirst(ledger, sent(Paid, { sagaId, account: 'ann', amount: 5 }))
  const codeOf = async (letter: object) => {
    const { status, body } = await admin.post('/admin/dry-runs', letter)
    return `${status} ${body.code}`
  }
  expect(await codeOf({ ...ref, deaths: 2 })).toBe('409 letter-changed')
  expect(await codeOf({ ...ref, id: 'nobody' })).toBe('404 not-found')
  expect(await codeOf({ ...ref, sagaId: newSagaId() })).toBe('404 not-found')
  expect(await codeOf({ ...ref, sagaId: 'x' })).toBe('404 not-found')
  expect(await codeOf({ ...ref, sagaId: null })).toBe('409 letter-unreadable')
})

test('it gives way to who holds what it needs', async () => {
  const service = await ledger.start()
  const sagaId = newSagaId()
  behaviour.set(`pay/${sagaId}`, never)
  const ref = await deadFirst(ledger, sent(Paid, { sagaId, account: 'ann', amount: 5 }))
  const holder = await ledger.pool.connect()
  try {
    await holder.query('begin')
    await holder.query('select from saga.sagas where saga_id = $1 for update', [sagaId])
    const { status, body } = await adminOf(service.adminPort).post('/admin/dry-runs', ref)
    expect([status, body.code]).toEqual([503, 'database-unavailable'])
  } finally {
    await holder.query('rollback')
    holder.release()
  }
  expect(outcomes(await triedOut(ledger, service, ref))).toEqual(['pay dead'])
})

test('it locks in the order of its messages: of two that wait for one another it is the one that gives way', async () => {
  const service = await shop.start()
  const sagaId = newSagaId()
  const [first, second] = [`first-${sagaId}`, `second-${sagaId}`]
  const take = (tx: { query(text: string, values: unknown[]): Promise<unknown> }, account: string) =>
    tx.query('update accounts set balance = balance + 1 where account = $1', [account])
  await shop.query('insert into accounts values ($1, 0), ($2, 0)', [first, second])
  sqlBehaviour.set(sagaId, never as never)
  const fields = { sagaId, account: second, amount: 5 }
  const ref = await deadFirst(shop, sent(Wrote, { ...fields, account: first }), sent(Followed, fields))
  sqlBehaviour.set(sagaId, async (_, tx) => {
    await take(tx, first)
    return succeed()
  })

  const other = await shop.pool.connect()
  try {
    await other.query('begin')
    await take(other, second)
    let isAnswered = false
    const tried = adminOf(service.adminPort)
      .post('/admin/dry-runs', ref)
      .finally(() => {
        isAnswered = true
      })
    // PostgreSQL ends whichever of the two looks for the deadlock: each looks once, after a second of its own waiting.
    const tries = new Set<string>()
    await eventually('it has given way, or has waited for so long that it looks no more', async () => {
      const waiting = await shop.query(
        `select xact_start::text as began, clock_timestamp() - query_start > interval '1.5 s' as long from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      )
      for (const { began } of waiting) tries.add(began)
      return isAnswered || tries.size > 1 || waiting.some(({ long }) => long)
    })
    await take(other, first)
    await other.query('commit')
    await tried
  } finally {
    other.release(true)
  }
  expect(outcomes(await triedOut(shop, service, ref))).toEqual(['write succeeded', 'follow succeeded'])
})

test('it does not hold for long what others wait for, however long a handler takes', async () => {
  const service = await shop.start()
  const fields = { sagaId: newSagaId(), account: `account-${newSagaId()}`, amount: 5 }
  sqlBehaviour.set(fields.sagaId, never as never)
  const ref = await deadFirst(shop, sent(Wrote, fields))
  sqlBehaviour.set(fields.sagaId, async (_, tx) => {
    await tx.query('select pg_sleep(8)')
    return succeed()
  })
  const { status, body } = await adminOf(service.adminPort).post('/admin/dry-runs', ref)
  expect([status, body.code, body.detail]).toEqual([503, 'database-unavailable', expect.stringMatching(/others wait/)])
})

test('it begins no further message when it has taken long', async () => {
  const service = await ledger.start()
  const fields = { sagaId: newSagaId(), account: 'ann', amount: 5 }
  behaviour.set(`note/${fields.sagaId}`, never)
  const ref = await deadFirst(ledger, sent(Noted, fields), sent(Paid, fields))
  behaviour.set(`note/${fields.sagaId}`, () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_100)
    return succeed(Done(fields))
  })
  const said = await triedOut(ledger, service, ref)
  expect([outcomes(said), said.stillBehind]).toEqual([['note succeeded'], 1])
})

test('what comes meanwhile with a schema that is not known yet is not waited for under locks', async () => {
  const db = await freshDatabase()
  try {
    const { store, ...a } = await db.instance()
    const fields = { sagaId: newSagaId(), account: 'ann', amount: 5 }
    behaviour.set(`note/${fields.sagaId}`, never)
    const [dead, later] = [delivered(Noted, fields), delivered(Paid, { ...fields, amount: 7 })]
    await a.deliver(dead)
    behaviour.clear()
    const known = new Set<string>()
    const open: number[] = []
    const codec = {
      ...{ start: async () => {}, encode: () => Buffer.alloc(1) },
      async prepare(values: Iterable<Buffer | null>) {
        const [{ transactions }] = await db.query(
          `select count(*) as transactions from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`,
        )
        open.push(transactions)
        for (const value of values) known.add(String(value))
        if (open.length === 1) await a.deliver(later)
      },
      decode(value: Buffer | null) {
        if (!known.has(String(value))) throw new Error('it was not prepared')
        const event = JSON.parse(String(value))
        return { isRead: true as const, event, type: event.type === 'Paid' ? Paid : Noted }
      },
    }
    const o = { participant: ledgerItself, store, reads: db.pool, codec }
    const said = await rehearsed(o, { id: dead.id, sagaId: fields.sagaId, deaths: 1 })
    expect(outcomes(said)).toEqual(['note succeeded', 'pay succeeded'])
    expect(open).toEqual([0, 0])
  } finally {
    await db.close()
  }
})

test('a call is not made: what it would ask is said, and what waits for its answer is not run', async () => {
  const service = await shop.start()
  const fields = { sagaId: newSagaId(), account: `account-${newSagaId()}`, amount: 5 }
  const { sagaId } = fields
  sqlBehaviour.set(sagaId, never as never)
  const ref = await deadFirst(shop, sent(Wrote, fields), sent(Charged, fields), sent(Uncharged, fields))
  expect(outcomes(await triedOut(shop, service, ref))).toEqual(['write dead'])
  sqlBehaviour.delete(sagaId)
  const said = await triedOut(shop, service, ref)
  expect(outcomes(said)).toEqual(['write succeeded', 'charge calling'])
  expect(said.steps[1]!.request).toEqual({ account: fields.account, amount: 5 })
  // Rows of a handler with SQL of its own are not seen, its events are.
  expect(said).toMatchObject({ rows: [], published: [{ type: 'Done' }], stillBehind: 1 })
})
