import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { type LossyProxy, startProxy } from '../../../test/faults/tcp-proxy.ts'
import { accept } from '../kit.ts'
import { adminOf } from '../testing/admin.fixture.ts'
import { behaviour, Done, Paid } from '../testing/participant.fixture.ts'
import { type Deployment, deploy, eventually, sagaIn, sent } from '../testing/service.fixture.ts'

// A is a process of its own. What it commits cannot leave: its produce requests do not get through.
let ledger: Deployment
let proxy: LossyProxy
beforeAll(async () => {
  ledger = await deploy()
  const [host = '', port] = inject('brokers')[0]!.split(':')
  proxy = await startProxy({ host, port: Number(port) })
  behaviour.set('poke', ({ sagaId }) => accept({ ok: true }, Done({ sagaId, account: '', amount: 0 })))
})
afterEach(() => ledger.stopAll())
afterAll(async () => {
  behaviour.clear()
  await ledger.close()
  await proxy.close()
})
const hold = () => {
  proxy.requestOf = apiKey => (apiKey === 0 || apiKey === 22 ? 'cut' : 'pass')
}
const eventsOf = async (sagaId: string) =>
  (await ledger.records('ledger.events.v1')).filter(r => r.key === sagaId).map(r => r.headers.ce_id!.split('/')[1])
const sweeperPid = async () =>
  (
    await ledger.query(
      `select pid from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())`,
    )
  )[0]?.pid

test('rules 8 and 24: killed between COMMIT and publish, its events leave by another instance, and no offset is beyond what is committed', async () => {
  hold()
  const a = await ledger.startProcess(proxy.port)
  const sagas = Array.from({ length: 20 }, () => sagaIn(0))
  for (const sagaId of sagas) await ledger.publish(sent(Paid, { sagaId, account: 'ann', amount: 1 }))
  await eventually(
    'some are committed',
    () => ledger.query('select from saga.saga_log'),
    rows => rows.length > 5,
  )
  a.kill('SIGKILL')
  await a.ended
  const committed = (await ledger.query('select from saga.saga_log')).length
  expect((await ledger.committedOffsets()).get('source.events.v1/0') ?? 0).toBeLessThanOrEqual(committed)
  expect(await ledger.records('ledger.events.v1')).toEqual([])

  await ledger.ageOutbox()
  await ledger.start()
  await eventually('all have left', async () => {
    const events = await ledger.records('ledger.events.v1')
    return sagas.every(sagaId => events.some(event => event.key === sagaId))
  })
  expect(await ledger.query('select balance from accounts')).toEqual([{ balance: 20 }])
})

test("rules 24 and 27: stopped (SIGSTOP) between COMMIT and publish, it loses the sweeper's lock and its turn to publish", async () => {
  hold()
  const a = await ledger.startProcess(proxy.port, { PUBLISH_WINDOW: '1s' })
  const itsSession = await eventually('A sweeps', sweeperPid)
  const b = await ledger.start({ environment: { PUBLISH_WINDOW: '1s' } })
  const sagaId = sagaIn(1)
  expect(await a.post(`/sagas/${sagaId}/begin`, { account: 'bob', amount: 1 })).toMatchObject({ status: 200 })
  a.kill('SIGSTOP')
  expect(await b.post(`/sagas/${sagaId}/poke`)).toMatchObject({ status: 200 })
  await eventually(
    'both leave by B',
    () => eventsOf(sagaId),
    events => events.length > 1,
  )
  expect(await sweeperPid()).not.toBe(itsSession)

  proxy.requestOf = () => 'pass'
  a.kill('SIGCONT')
  // A's line is in order: what it commits now leaves behind what it would still send of before.
  await eventually('A publishes again', async () => {
    const later = sagaIn(1)
    await a.post(`/sagas/${later}/begin`, { account: 'bob', amount: 1 })
    return eventually(
      'it leaves',
      () => eventsOf(later),
      events => events.length > 0,
      5_000,
    ).catch(() => undefined)
  })
  expect(await eventsOf(sagaId)).toEqual(['begin', 'poke'])
})

test('rules 18 and 24: stopped (SIGSTOP) with a letter to sweep, it does not open it again behind the marker of another', async () => {
  hold()
  const a = await ledger.startProcess(proxy.port, { PUBLISH_WINDOW: '1s', RETRY_MAX_ATTEMPTS: '1' })
  await eventually('A sweeps', sweeperPid)
  // The database refuses a balance below 0.
  const [sagaId, account] = [sagaIn(1), 'cleo']
  const paid = sent(Paid, { sagaId, account, amount: -1 })
  await ledger.publish(paid)
  await eventually(
    'it is dead',
    () => ledger.query(`select from saga.waiting where kind = 'dead' and saga_id = $1`, [sagaId]),
    rows => rows.length === 1,
  )
  // It is the sweeper's by now, and A's hands it over at its next look.
  await ledger.ageOutbox()
  await new Promise(resolve => setTimeout(resolve, 3_000))
  a.kill('SIGSTOP')

  const b = await ledger.start({ environment: { PUBLISH_WINDOW: '1s', ADMIN_PORT: '0' } })
  const ofLetter = async () => {
    const records = (await ledger.records('ledger.dlq')).filter(r => r.headers['dlq-id'] === paid.id)
    return records.map(({ partition, headers }) => ({ partition, status: headers['dlq-status'] }))
  }
  const [{ partition } = { partition: 0 }] = await eventually(
    'B has published the letter',
    ofLetter,
    found => found.length === 1,
  )
  await ledger.query('insert into accounts values ($1, 10)', [account])
  const letters = [{ id: paid.id, sagaId, deaths: 1 }]
  const { body } = await adminOf(b.adminPort).post('/admin/replays', { letters, plan: 'p1' })
  expect(body.results).toMatchObject([{ result: 'done' }])
  await eventually('its marker', ofLetter, found => found.length === 2)
  await b.stop()

  proxy.requestOf = () => 'pass'
  a.kill('SIGCONT')
  // A sweeps again, and its line is in order: this letter leaves behind what it would still send of before.
  await ledger.query(
    `insert into saga.outbox (seq, n, saga_id, topic, partition, headers, deferred)
     values (nextval('saga.arrival'), 0, $1, $2, $3, '{"dlq-id": "later"}', true)`,
    [sagaIn(1), `${ledger.prefix}ledger.dlq`, partition],
  )
  await eventually(
    'A publishes again',
    () => ledger.records('ledger.dlq'),
    records => records.some(({ headers }) => headers['dlq-id'] === 'later'),
  )
  expect((await ofLetter()).map(({ status }) => status)).toEqual(['dead', 'replayed'])
}, 120_000)
