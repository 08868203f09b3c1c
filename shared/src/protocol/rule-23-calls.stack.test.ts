import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type CallIo, participant, state, succeed } from '../kit.ts'
import { type Account, Done, Paid } from '../testing/participant.fixture.ts'
import { type Deployment, deploy, eventually, sagaIn, sent } from '../testing/service.fixture.ts'

/** What the outside world does, by saga. */
const target = new Map<string, (io: CallIo, nth: number) => Promise<number>>()
const calls: { sagaId: string; key: string; aborted: boolean }[] = []
const callsOf = (sagaId: string) => calls.filter(call => call.sagaId === sagaId)

const caller = participant(
  { service: 'caller', states: { accounts: state<Account>()({ table: 'accounts', key: 'account' }) }, settings: {} },
  ({ on }) => [
    on(Paid)
      .reads('accounts', e => [e.account])
      .effect('charge', {
        emits: [Done],
        timeoutMs: 1_000,
        intend: e => ({ request: { sagaId: e.sagaId } }),
        call: ({ sagaId }, io) => {
          const call = { sagaId, key: io.idempotencyKey, aborted: false }
          calls.push(call)
          io.signal.addEventListener('abort', () => {
            call.aborted = true
          })
          return (target.get(sagaId) ?? (async () => 1))(io, callsOf(sagaId).length)
        },
        record: (e, response: number, { accounts }) => {
          accounts.put({ account: e.account, balance: (accounts.get(e.account)?.balance ?? 0) + response })
          return succeed(Done({ sagaId: e.sagaId, account: e.account, amount: response }))
        },
      }),
  ],
)

let deployment: Deployment
beforeAll(async () => {
  const tables = 'create table accounts (account text primary key, balance bigint not null)'
  deployment = await deploy({ participant: caller, tables, environment: { SHUTDOWN_TIMEOUT: '2s' } })
})
afterEach(async () => {
  await deployment.stopAll()
  // What a test has left in doubt is answered to the next one's service.
  target.clear()
})
afterAll(() => deployment.close())
const charge = (sagaId: string) => deployment.publish(sent(Paid, { sagaId, account: sagaId, amount: 1 }))
const statusOf = async (sagaId: string) =>
  (await deployment.query('select status, attempts from saga.saga_log where saga_id = $1', [sagaId]))[0]
const ended = (sagaId: string, status: string) =>
  eventually(
    `charge ${status}`,
    () => statusOf(sagaId),
    row => row?.status === status,
  )
const balance = async (sagaId: string) =>
  (await deployment.query('select balance from accounts where account = $1', [sagaId]))[0]?.balance
const never = new Promise<number>(() => undefined)

test('rule 23: a call that hangs is aborted at its timeout and repeated with the same key', async () => {
  await deployment.start()
  const sagaId = sagaIn(0)
  target.set(sagaId, (_, nth) => (nth === 1 ? never : Promise.resolve(7)))
  await charge(sagaId)
  expect(await ended(sagaId, 'succeeded')).toMatchObject({ attempts: 2 })
  expect(callsOf(sagaId)).toEqual([
    { sagaId, key: `${sagaId}/charge/action`, aborted: true },
    { sagaId, key: `${sagaId}/charge/action`, aborted: false },
  ])
  expect(await balance(sagaId)).toBe(7)
})

test('rule 23, safeguard off: a call that hangs is never aborted, and its step stays in doubt', async () => {
  await deployment.start({ safeguards: { callTimeout: false } })
  const [hanging, beside] = [sagaIn(0), sagaIn(0)]
  target.set(hanging, () => never)
  target.set(beside, () => new Promise(resolve => setTimeout(() => resolve(1), 1_300)))
  await charge(hanging)
  await charge(beside)
  await ended(beside, 'succeeded')
  expect(await statusOf(hanging)).toEqual({ status: 'calling', attempts: 1 })
  expect(callsOf(hanging)).toMatchObject([{ aborted: false }])
})

test('rule 23: no transaction is open while a call is under way, and other sagas go on', async () => {
  await deployment.start({ safeguards: { callTimeout: false } })
  const [waiting, beside] = [sagaIn(0), sagaIn(0)]
  const answer = Promise.withResolvers<number>()
  let inTransaction: unknown[] | undefined
  target.set(waiting, async () => {
    await charge(beside)
    await ended(beside, 'succeeded')
    inTransaction = await deployment.query(
      `select query from pg_stat_activity where datname = current_database() and state = 'idle in transaction' and now() - xact_start > interval '300 ms'`,
    )
    return answer.promise
  })
  target.set(beside, async () => 1)
  answer.resolve(1)
  await charge(waiting)
  await ended(waiting, 'succeeded')
  expect(inTransaction).toEqual([])
})

test('rule 23: a target that fails, or throws before it calls at all, five times leaves a letter', async () => {
  await deployment.start()
  const sagaId = sagaIn(0)
  target.set(sagaId, (_, nth) => {
    if (nth % 2 === 0) throw new Error('no address')
    return Promise.reject(Object.assign(new Error('broken pipe'), { code: 'EPIPE' }))
  })
  await charge(sagaId)
  expect(await ended(sagaId, 'dead')).toMatchObject({ attempts: 5 })
  expect(callsOf(sagaId)).toHaveLength(5)
  expect(new Set(callsOf(sagaId).map(call => call.key)).size).toBe(1)
  const letter = async () => (await deployment.records('caller.dlq')).filter(record => record.key === sagaId)
  expect((await eventually('the letter', letter, records => records.length === 1))[0]!.headers).toMatchObject({
    'dlq-step': 'charge',
    'dlq-attempts': '5',
    'dlq-error-code': 'handler-threw',
    'dlq-error-message': 'broken pipe',
  })
})

test('rule 23: intent committed and its process gone: the call is repeated when its deadline has passed, with the same key, and a late result is dropped', async () => {
  const sagaId = sagaIn(0)
  const first = Promise.withResolvers<number>()
  target.set(sagaId, (_, nth) => (nth === 1 ? first.promise : Promise.resolve(7)))
  // Without its timeout the first call is under way for as long as this test wants.
  await deployment.start({ safeguards: { callTimeout: false } })
  await charge(sagaId)
  await ended(sagaId, 'calling')
  await deployment.query('update saga.waiting set due_at = now() where saga_id = $1', [sagaId])
  expect(await ended(sagaId, 'succeeded')).toMatchObject({ attempts: 2 })
  first.resolve(1_000)
  const next = sagaIn(0)
  await charge(next)
  await ended(next, 'succeeded')
  expect(await balance(sagaId)).toBe(7)
  expect(new Set(callsOf(sagaId).map(call => call.key)).size).toBe(1)
  expect((await deployment.records('ledger.events.v1')).filter(r => r.key === sagaId)).toHaveLength(1)
})

test('rule 23, safeguards off: the result of the old attempt is written too', async () => {
  const sagaId = sagaIn(0)
  const first = Promise.withResolvers<number>()
  target.set(sagaId, (_, nth) => (nth === 1 ? first.promise : Promise.resolve(7)))
  await deployment.start({ safeguards: { callTimeout: false, claims: false, fence: false } })
  await charge(sagaId)
  await ended(sagaId, 'calling')
  await deployment.query('update saga.waiting set due_at = now() where saga_id = $1', [sagaId])
  await ended(sagaId, 'succeeded')
  first.resolve(1_000)
  await eventually(
    'both are written',
    () => balance(sagaId),
    found => found === 1_007,
  )
})

test('what a stopping service is calling is waited for, and its result written', async () => {
  const sagaId = sagaIn(0)
  const service = await deployment.start()
  target.set(sagaId, () => new Promise(resolve => setTimeout(() => resolve(3), 100)))
  await charge(sagaId)
  await ended(sagaId, 'calling')
  await service.stop()
  expect(await statusOf(sagaId)).toEqual({ status: 'succeeded', attempts: 1 })
})
