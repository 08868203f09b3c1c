import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { type LossyProxy, startProxy } from '../../../test/faults/tcp-proxy.ts'
import { accept } from '../kit.ts'
import type { Acknowledged } from '../postgres/acknowledged.ts'
import type { StoredRow } from '../postgres/save-outbox.ts'
import { findSweepable } from '../postgres/sweep-outbox.ts'
import { freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { Begin, behaviour, Done, Poke } from '../testing/participant.fixture.ts'
import { type Deployment, deploy, eventually, type Instance, sagaIn } from '../testing/service.fixture.ts'

// A stands behind a proxy that lets it publish nothing: it has committed r1, and r1 has not left. B publishes freely.
let ledger: Deployment
let proxy: LossyProxy
const held = (apiKey: number) => (apiKey === 0 || apiKey === 22 ? 'cut' : 'pass')

beforeAll(async () => {
  ledger = await deploy({ environment: { PUBLISH_WINDOW: '1m' } })
  const [host = '', port] = inject('brokers')[0]!.split(':')
  proxy = await startProxy({ host, port: Number(port) })
  behaviour.set('poke', ({ sagaId }) => accept({ ok: true }, Done({ sagaId, account: '', amount: 0 })))
})
afterEach(async () => {
  await ledger.query('delete from saga.outbox')
  proxy.requestOf = () => 'pass'
})
afterAll(async () => {
  behaviour.clear()
  await ledger.close()
  await proxy.close()
})

/** B first, so that B sweeps. */
async function twoInstances(o: Parameters<Deployment['start']>[0] = {}): Promise<{ a: Instance; b: Instance }> {
  const b = await ledger.start(o)
  await eventually('B sweeps', () => sweeperSessions())
  proxy.requestOf = held
  const a = await ledger.start({ ...o, redirect: () => ({ host: '127.0.0.1', port: proxy.port }) })
  return { a, b }
}
const sweeperSessions = async () =>
  (
    await ledger.query(
      `select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
    )
  ).length
const commit = (instance: Instance, sagaId: string, step: 'begin' | 'poke') =>
  instance.post(`/sagas/${sagaId}/${step}`, step === 'begin' ? { account: 'ann', amount: 1 } : undefined)
const eventsOf = async (sagaId: string) =>
  (await ledger.records('ledger.events.v1')).filter(r => r.key === sagaId).map(r => r.headers.ce_id!.split('/')[1])

/** A commits r1 and is held; B commits r2; then the sweeper may take what is old. Gives the order of the topic. */
async function heldAndOvertaken(deferral: boolean): Promise<(string | undefined)[]> {
  const { a, b } = await twoInstances({ safeguards: { deferral } })
  const sagaId = sagaIn(0)
  expect(await commit(a, sagaId, 'begin')).toMatchObject({ status: 200 })
  expect(await commit(b, sagaId, 'poke')).toMatchObject({ status: 200 })
  const rows = await ledger.query('select deferred from saga.outbox where saga_id = $1 order by seq', [sagaId])
  if (deferral) expect(rows).toEqual([{ deferred: false }, { deferred: true }])
  else
    await eventually(
      'r2 has left',
      () => eventsOf(sagaId),
      found => found.length > 0,
    )
  await ledger.ageOutbox()
  const events = await eventually(
    'both have left',
    () => eventsOf(sagaId),
    found => found.length >= 2,
  )
  proxy.requestOf = () => 'pass'
  await Promise.all([a.stop(), b.stop()])
  return events
}

test('rule 24: r2 of another instance waits until r1 has left', async () =>
  expect((await heldAndOvertaken(true)).slice(0, 2)).toEqual(['begin', 'poke']))

test('rule 24, safeguard off: the topic shows r2 before r1', async () =>
  expect((await heldAndOvertaken(false)).slice(0, 2)).toEqual(['poke', 'begin']))

/** As before, but A is let go when the sweeper has published both. Gives what the topic then shows of the saga. */
async function heldBeyondItsWindow(publishWindow: boolean): Promise<(string | undefined)[]> {
  const { a, b } = await twoInstances({ safeguards: { publishWindow }, environment: { PUBLISH_WINDOW: '200ms' } })
  const [sagaId, later] = [sagaIn(1), sagaIn(1)]
  await commit(a, sagaId, 'begin')
  await eventually(
    'the sweeper has published r1',
    () => eventsOf(sagaId),
    found => found.length > 0,
  )
  await commit(b, sagaId, 'poke')
  await eventually(
    'r2 has left',
    () => eventsOf(sagaId),
    found => found.length > 1,
  )
  proxy.requestOf = () => 'pass'
  // A's line to this partition is in order: when its next event has left, r1 has left before it, or never will.
  await eventually(
    'A publishes again',
    async () => {
      const next = sagaIn(1)
      await commit(a, next, 'begin')
      await new Promise(resolve => setTimeout(resolve, 100))
      return ledger.query('select from saga.outbox where saga_id = $1', [next])
    },
    rows => rows.length === 0,
  )
  await commit(a, later, 'begin')
  await eventually(
    'A has published what stood behind r1',
    () => eventsOf(later),
    found => found.length > 0,
  )
  const events = await eventsOf(sagaId)
  await Promise.all([a.stop(), b.stop()])
  return events
}

test('rule 24: who was held beyond PUBLISH_WINDOW publishes nothing of it any more', async () =>
  expect(await heldBeyondItsWindow(true)).toEqual(['begin', 'poke']))

test('rule 24, safeguard off: a late copy of r1 follows r2', async () =>
  expect(await heldBeyondItsWindow(false)).toEqual(['begin', 'poke', 'begin']))

/** A sweeps, and its way to Kafka breaks. It commits r1; B, which is well, commits r2 behind it. Gives what leaves. */
async function sweeperCutOff(sweeperGivesUp: boolean, wanted: number, limitMs?: number) {
  const o = { safeguards: { sweeperGivesUp }, environment: { PUBLISH_WINDOW: '500ms' } }
  const a = await ledger.start({ ...o, redirect: () => ({ host: '127.0.0.1', port: proxy.port }) })
  await eventually('A sweeps', () => sweeperSessions())
  proxy.requestOf = held
  const b = await ledger.start(o)
  const sagaId = sagaIn(0)
  await commit(a, sagaId, 'begin')
  await commit(b, sagaId, 'poke')
  const events = await eventually(
    'they leave',
    () => eventsOf(sagaId),
    found => found.length >= wanted,
    limitMs,
  ).catch(() => eventsOf(sagaId))
  await Promise.all([a.stop(), b.stop()])
  return events
}

test('rule 27: a sweeper that is cut off from Kafka leaves it to another', async () =>
  expect(await sweeperCutOff(true, 2)).toEqual(['begin', 'poke']))

test('rule 27, safeguard off: what was left to it stands for as long as it is cut off', async () =>
  expect(await sweeperCutOff(false, 1, 10_000)).toEqual([]))

/** r1 stands while the transaction of r2 begins; gives whether r2 is then left to the sweeper. */
async function isDeferredBehind(o: {
  before?: (acknowledged: Acknowledged, r1: StoredRow) => void
  betweenLookAndSave?: (acknowledged: Acknowledged, r1: StoredRow) => void
}): Promise<boolean> {
  const db = await freshDatabase()
  try {
    const a = await db.instance()
    const sagaId = newSagaId()
    await a.command(Begin, { sagaId, account: 'ann', amount: 1 })
    const r1 = a.published[0]!
    o.before?.(a.acknowledged, r1)
    // Handlers run when the outbox was looked at, and before anything is saved.
    behaviour.set(`poke/${sagaId}`, () => {
      o.betweenLookAndSave?.(a.acknowledged, r1)
      return accept({ ok: true }, Done({ sagaId, account: '', amount: 0 }))
    })
    await a.command(Poke, { sagaId, account: 'ann' })
    const [r2] = await db.query('select deferred from saga.outbox where saga_id = $1 order by seq desc limit 1', [
      sagaId,
    ])
    return r2.deferred
  } finally {
    await db.close()
  }
}

test('rule 24: an event behind one that was acknowledged to nobody is left to the sweeper', async () =>
  expect(await isDeferredBehind({})).toBe(true))

test.each<[string, Parameters<typeof isDeferredBehind>[0]]>([
  ['before', { before: (acknowledged, r1) => acknowledged.add([r1]) }],
  ['since the outbox was looked at', { betweenLookAndSave: (acknowledged, r1) => acknowledged.add([r1]) }],
  [
    'before, and whose deletion commits since the outbox was looked at',
    {
      before(acknowledged, r1) {
        acknowledged.add([r1])
        acknowledged.take()
      },
      betweenLookAndSave: (acknowledged, r1) => acknowledged.deleted([r1]),
    },
  ],
])('rule 24: an event whose acknowledgement this process has seen %s holds nothing up', async (_, o) =>
  expect(await isDeferredBehind(o)).toBe(false),
)

test('rule 24: the sweeper takes the rows of a saga from the oldest on, each deferred or old, up to a young one that is not', async () => {
  const db = await freshDatabase()
  const sagas = [newSagaId(), newSagaId(), newSagaId(), newSagaId()]
  const rows = [
    // old, deferred, young: up to the young one
    [sagas[0], 'old'],
    [sagas[0], 'deferred'],
    [sagas[0], 'young'],
    [sagas[0], 'deferred'],
    // the oldest is its committer's
    [sagas[1], 'young'],
    [sagas[1], 'deferred'],
    // nothing was left
    [sagas[2], 'young'],
    // the oldest was deferred, and nothing older stands
    [sagas[3], 'deferred'],
  ]
  for (const [n, [sagaId, kind]] of rows.entries())
    await db.query(
      `insert into saga.outbox (seq, n, saga_id, topic, partition, headers, deferred, created_at)
       values (1, $1, $2, 't', 0, '{}', $3, now() - $4 * interval '1 s')`,
      [n, sagaId, kind === 'deferred', kind === 'old' ? 100 : 0],
    )
  const client = await db.pool.connect()
  const sweep = async (without = { sagas: [] as string[], lanes: [] as string[] }, acknowledged?: number) => {
    const isAcknowledged = ({ n }: { n: number }) => n === acknowledged
    const found = await findSweepable(client, {
      ...{ limit: 10, olderThanMs: 10_000, includingOld: true, without, isAcknowledged },
    })
    return found.map(row => row.n).sort()
  }
  expect(await sweep()).toEqual([0, 1, 7])
  expect(await sweep({ sagas: [sagas[3]!], lanes: [] })).toEqual([0, 1])
  expect(await sweep({ sagas: [], lanes: ['t/0'] })).toEqual([])
  // What this process has seen acknowledged is in nobody's way, before its row is deleted.
  expect(await sweep(undefined, 2)).toEqual([0, 1, 3, 7])
  client.release()
  await db.close()
})
