/** Rule 34 in a whole service, which derives its horizon from its topics and forgets by itself. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { newSagaId } from '../testing/engine.fixture.ts'
import { type Deployment, deploy, eventually } from '../testing/service.fixture.ts'

let ledger: Deployment
beforeAll(async () => {
  ledger = await deploy()
})
afterEach(() => ledger.stopAll())
afterAll(() => ledger.close())

/** With the kit's own topics (docs/operating.md). */
const horizonDays = 68
const [old, young] = [horizonDays + 1, horizonDays - 1]

/** Sagas that began, and were done, so many days ago. */
async function sagas({ query }: Deployment, daysAgo: number, count = 1): Promise<void> {
  await query(
    `with begun as (
       insert into saga.sagas (saga_id, partition, created_at)
       select uuidv7(interval '1 day' * -$1::int), 0, now() - interval '1 day' * $1 from generate_series(1, $2)
       returning saga_id, created_at)
     insert into saga.saga_log (saga_id, step, direction, service_name, payload, status, attempts, created_at, updated_at)
     select saga_id, 'pay', 'action', 'ledger', '{}', 'succeeded', 1, created_at, created_at from begun`,
    [daysAgo, count],
  )
}

/** One of which a message is dead, for so many days. */
async function stuckSaga({ query }: Deployment, daysAgo: number): Promise<void> {
  const sagaId = newSagaId(Date.now() - daysAgo * 86_400_000)
  await query(`insert into saga.sagas values ($1, 0, now() - interval '1 day' * $2)`, [sagaId, daysAgo])
  await query(
    `insert into saga.waiting (message_id, kind, saga_id, partition, message_type, seq, n, step, direction, headers, died_at)
     values ('stuck', 'dead', $1, 0, 'Paid', 1, 0, 'pay', 'action', '{}', now() - interval '1 day' * $2)`,
    [sagaId, daysAgo],
  )
}

/** A key, a replay and a record that nobody could read. */
async function others({ query }: Deployment, daysAgo: number): Promise<void> {
  const at = `now() - interval '${daysAgo} days'`
  await query(
    `insert into saga.idempotency_keys (route, principal, key, body_hash, status, created_at)
     values ('POST /', 'ann', '${daysAgo}', '', 200, ${at})`,
  )
  await query(
    `insert into saga.operator_acts (seq, n, at, operator, act, letter_id, deaths, forced)
     values (${daysAgo}, 0, ${at}, 'ann', 'replay', 'x', 1, false)`,
  )
  await query(
    `insert into saga.waiting (message_id, kind, partition, seq, n, headers, created_at)
     values ('${daysAgo}', 'tombstone', 0, ${daysAgo}, 0, '{}', ${at})`,
  )
}

/** How many days old what is left is. */
async function left({ query }: Deployment) {
  const daysOf = async (table: string, at = 'created_at') =>
    (await query(`select extract(day from now() - ${at})::int as days from saga.${table} order by 1`)).map(
      ({ days }) => days,
    )
  return {
    sagas: await daysOf('sagas'),
    log: await daysOf('saga_log'),
    keys: await daysOf('idempotency_keys'),
    acts: await daysOf('operator_acts', 'at'),
    tombstones: await daysOf(`waiting where kind = 'tombstone'`),
  }
}

test('a service forgets what is older than its horizon, and keeps a saga of which a message waits', async () => {
  await stuckSaga(ledger, old + 1)
  // More than are forgotten at once.
  await sagas(ledger, old, 2_001)
  await sagas(ledger, young)
  for (const daysAgo of [old, young]) await others(ledger, daysAgo)
  await ledger.start()
  const kept = { log: [young], keys: [young], acts: [young], tombstones: [young] }
  await eventually(
    'only what may still be asked for is left',
    () => left(ledger),
    found => JSON.stringify(found) === JSON.stringify({ sagas: [young, old + 1], ...kept }),
  )
})

test('safeguard off: the fence of the waiting message is gone', async () => {
  await ledger.query('delete from saga.waiting; delete from saga.sagas')
  await stuckSaga(ledger, old)
  await ledger.start({ safeguards: { purgeOnlyFinished: false } })
  await eventually(
    'it is forgotten',
    () => left(ledger),
    ({ sagas: found }) => found.length === 0,
  )
  expect(await ledger.query('select kind from saga.waiting')).toEqual([{ kind: 'dead' }])
})

test('where a topic keeps its records for ever nothing is forgotten', async () => {
  const forEver = await deploy({ retentionMs: -1 })
  try {
    for (const deployment of [ledger, forEver]) {
      await deployment.query('delete from saga.waiting; delete from saga.sagas; delete from saga.saga_log')
      await sagas(deployment, 3_650)
      // It looks at once, and ends what it has begun.
      await (await deployment.start()).stop()
    }
    expect([(await left(ledger)).sagas, (await left(forEver)).sagas]).toEqual([[], [3_650]])
  } finally {
    await forEver.close()
  }
})
