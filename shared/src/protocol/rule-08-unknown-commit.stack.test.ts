import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { type CommitFate, type PostgresProxy, startPostgresProxy } from '../../../test/faults/postgres-proxy.ts'
import { delivered, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { balanceOf, outcomes } from '../testing/ledger-checks.fixture.ts'
import { Paid } from '../testing/participant.fixture.ts'
import { type Deployment, deploy, eventually, sagaIn, sent } from '../testing/service.fixture.ts'

let proxy: PostgresProxy
let ledger: Deployment

beforeAll(async () => {
  const { hostname: host, port } = new URL(inject('adminUrl'))
  proxy = await startPostgresProxy({ host, port: Number(port) })
  proxy.onCut = () => proxy.refuse()
  // So long that whatever is on the topic within the test was published by its committer, unless the outbox is made old.
  ledger = await deploy({ databaseUrl: proxy.url, environment: { PUBLISH_WINDOW: '1m' } })
})
afterEach(async () => {
  proxy.commit = () => 'pass'
  proxy.heal()
  await ledger.stopAll()
})
afterAll(async () => {
  await ledger.close()
  await proxy.close()
})

/** The next COMMIT of a transaction that wrote a saga's row ends like this, and the database is away from then on. */
function nextCommit(fate: CommitFate): { readonly wasHit: boolean } {
  const state = { wasHit: false }
  proxy.commit = statements => {
    if (state.wasHit || !statements.includes('begin-steps')) return 'pass'
    state.wasHit = true
    return fate
  }
  return state
}
const pay = (sagaId: string, amount: number) => ledger.publish(sent(Paid, { sagaId, account: sagaId, amount }))
const balance = async (sagaId: string) =>
  (await ledger.query('select balance from accounts where account = $1', [sagaId]))[0]?.balance
const done = async (sagaId: string) => (await ledger.records('ledger.events.v1')).filter(r => r.key === sagaId)
const offset = async () => (await ledger.committedOffsets()).get('source.events.v1/0') ?? 0

test.each([
  ['done, and its answer lost', 'cut-after', 'duplicate'],
  ['never done', 'cut-before', 'succeeded'],
] as const)(
  'rule 8: a COMMIT that was %s publishes nothing, commits no offset, and the batch comes again',
  async (_, fate, again) => {
    const service = await ledger.start()
    const sagaId = sagaIn(0)
    const before = await offset()
    const commit = nextCommit(fate)
    await pay(sagaId, 5)
    await eventually('the commit is cut', () => commit.wasHit)
    await eventually(
      'the service pauses',
      () => service.metric('saga_paused', 'cause="database"'),
      value => value === 1,
    )
    expect(await offset()).toBe(before)
    expect(await done(sagaId)).toEqual([])

    proxy.heal()
    await eventually('it came again', () => service.metric('saga_steps_total', `outcome="${again}"`))
    await eventually('its offset is committed', offset, found => found === before + 1)
    expect(await balance(sagaId)).toBe(5)
    if (fate === 'cut-after') {
      // The row is there, and nobody may send it but the sweeper.
      expect(await ledger.query('select from saga.outbox where saga_id = $1', [sagaId])).toHaveLength(1)
      expect(await done(sagaId)).toEqual([])
      await ledger.ageOutbox()
    }
    await eventually(
      'the event is published',
      () => done(sagaId),
      found => found.length === 1,
    )
  },
)

test('rule 8, safeguard off: the event is published and the offset committed, and the payment was never made', async () => {
  await ledger.start({ safeguards: { commitAcknowledged: false } })
  const sagaId = sagaIn(0)
  const before = await offset()
  nextCommit('cut-before')
  await pay(sagaId, 5)
  await eventually(
    'the event is published',
    () => done(sagaId),
    found => found.length === 1,
  )
  await eventually('its offset is committed', offset, found => found === before + 1)
  proxy.heal()
  expect(await balance(sagaId)).toBeUndefined()
})

test('rule 8: a command whose COMMIT has no answer is a 503, and its repeat gets the answer that was stored', async () => {
  const service = await ledger.start()
  const sagaId = newSagaId()
  nextCommit('cut-after')
  const begin = () => service.post(`/sagas/${sagaId}/begin`, { account: sagaId, amount: 7 }, 'the-key-of-this-request')
  expect(await begin()).toMatchObject({ status: 503, body: { code: 'database-unavailable' } })
  expect(await done(sagaId)).toEqual([])
  proxy.heal()
  expect(await begin()).toMatchObject({ status: 200, body: { balance: 7 } })
  expect(await balance(sagaId)).toBe(7)
  await ledger.ageOutbox()
  await eventually(
    'the event is published',
    () => done(sagaId),
    found => found.length === 1,
  )
})

test('rule 8: a COMMIT that is answered with ROLLBACK is none: the batch runs again', async () => {
  const db = await freshDatabase()
  try {
    const a = await db.instance({}, { poolSize: 1 })
    const client = await a.store.pool.connect()
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
    let commits = 0
    client.query = ((...args: unknown[]) => {
      // A statement of the transaction fails, and nobody is told.
      if (args[0] === 'commit' && commits++ === 0) query('select 1 / 0').catch(() => undefined)
      return query(...args)
    }) as typeof client.query
    client.release()
    const paid = delivered(Paid, { sagaId: newSagaId(), account: 'ann', amount: 5 })
    expect(outcomes(await a.deliver(paid))).toEqual(['succeeded'])
    expect(commits).toBe(2)
    expect(await balanceOf(db, 'ann')).toBe(5)
    expect(await db.query('select seq, n from saga.outbox')).toEqual(a.published.map(({ seq, n }) => ({ seq, n })))
  } finally {
    await db.close()
  }
})
