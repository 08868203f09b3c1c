/** What waits while the target of an effect is away, and what does not. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { freePorts } from '../../../infra/local/ports.ts'
import { adminOf } from '../testing/admin.fixture.ts'
import {
  type Deployment,
  deploy,
  eventually,
  type Instance,
  partitions,
  sagaIn,
  sent,
} from '../testing/service.fixture.ts'
import { type GatewayProcess, startGateway } from './gateway-process.fixture.ts'
import { CalledOff, httpGateway, Ordered, payment, paymentTables, Shipped } from './payment.fixture.ts'

let gateway: GatewayProcess
let deployment: Deployment
/** What a receipt's provider does; it is no part of the gateway's outage. */
let sendReceipt = async () => {}
let receipts = 0
beforeAll(async () => {
  gateway = await startGateway()
  const port = {
    ...httpGateway(gateway.url),
    sendReceipt: async () => {
      receipts++
      await sendReceipt()
    },
  }
  deployment = await deploy({
    participant: payment(port),
    tables: paymentTables,
    environment: { SHUTDOWN_TIMEOUT: '2s', RETRY_MAX_ATTEMPTS: '3', ADMIN_PORT: '0' },
  })
})
afterEach(async () => {
  await deployment.stopAll()
  await deployment.query('truncate saga.sagas, saga.saga_log, saga.waiting, charges')
  await gateway.kill()
  await gateway.start()
  sendReceipt = async () => {}
})
afterAll(async () => {
  await gateway?.close()
  await deployment?.close()
})

const sagas = (count: number) => Array.from({ length: count }, (_, n) => sagaIn(n % partitions))
const publish = (type: typeof Ordered | typeof CalledOff | typeof Shipped, ids: readonly string[]) =>
  deployment.publish(...ids.map(sagaId => sent(type as typeof Ordered, { sagaId, account: 'ann', amount: 5 })))
/** `charge: succeeded 1` and how many sagas say so. */
const tally = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    (
      await deployment.query(
        'select operation, status, attempts, count(*) from saga.saga_log group by operation, status, attempts',
      )
    ).map(row => [`${row.operation}: ${row.status} ${row.attempts}`, row.count]),
  )
const becomes = (expected: Record<string, number>, limitMs?: number) =>
  eventually(
    JSON.stringify(expected),
    tally,
    found => Object.keys({ ...found, ...expected }).every(key => found[key] === expected[key]),
    limitMs,
  )
const paused = (service: Pick<Instance, 'metric'>, value: 0 | 1) =>
  eventually(
    `saga_paused is ${value}`,
    () => service.metric('saga_paused', 'cause="effect:charge"'),
    found => found === value,
  )
const charges = (service: Pick<Instance, 'metric'>, outcome: string) =>
  service.metric('saga_steps_total', `step="charge",direction="action",outcome="${outcome}"`)

test('rule 23: a gateway that is away costs no try and no letter; the others flow; back, all are charged once, in one go', async () => {
  await gateway.kill()
  const service = await deployment.start()
  const early = sagas(150)
  await publish(Ordered, early)
  await becomes({ 'charge: failed 0': 150 })
  await paused(service, 1)
  expect((await adminOf(service.adminPort).get('/admin/status')).body.paused).toEqual(['effect:charge'])

  // Those that come later call nobody; only the one that asks does.
  const begun = await charges(service, 'calling')
  const late = sagas(50)
  await publish(Ordered, late)
  await publish(Shipped, sagas(20))
  await becomes({ 'charge: failed 0': 200, 'send_receipt: succeeded 1': 20 })
  expect(await charges(service, 'held')).toBeGreaterThanOrEqual(200)
  expect((await charges(service, 'calling')) - begun).toBeLessThan(10)
  await eventually(
    'it was asked for again and again',
    () => charges(service, 'calling'),
    calls => calls >= begun + 3,
  )
  await becomes({ 'charge: failed 0': 200, 'send_receipt: succeeded 1': 20 })
  expect(await charges(service, 'failed')).toBe(0)
  // None waits for a time of its own.
  const later = `select from saga.waiting where kind = 'retry' and due_at > now()`
  expect(await deployment.query(later)).toEqual([])

  await gateway.start()
  await becomes({ 'charge: succeeded 1': 200, 'send_receipt: succeeded 1': 20 })
  await paused(service, 0)
  for (const sagaId of [...early, ...late]) expect(gateway.took(sagaId)).toEqual(['charge'])
  expect(await charges(service, 'dead')).toBe(0)
}, 120_000)

test('rule 23, safeguard off: the outage uses up the tries and makes dead letters', async () => {
  await gateway.kill()
  const service = await deployment.start({ safeguards: { circuit: false } })
  await publish(Ordered, sagas(10))
  await becomes({ 'charge: dead 3': 10 })
  expect(await charges(service, 'dead')).toBe(10)
  expect(await service.metric('saga_paused', 'cause="effect:charge"')).toBe(0)
})

test('rules 12 and 23: what was called off before anything was begun is closed at once, and never charged', async () => {
  await gateway.kill()
  const service = await deployment.start()
  const asking = sagas(1)
  await publish(Ordered, asking)
  await paused(service, 1)
  const calledOff = sagas(20)
  await publish(Ordered, calledOff)
  await becomes({ 'charge: failed 0': 21 })
  await publish(CalledOff, calledOff)
  // One of them may have asked: `fetch` alone does not say for certain that nothing came of it.
  await eventually('all but what may have asked is closed', tally, found => (found['charge: skipped 0'] ?? 0) >= 18)
  await gateway.start()
  await eventually(
    'nothing waits',
    () => deployment.query('select from saga.waiting'),
    rows => rows.length === 0,
  )
  const taken = calledOff.map(sagaId => gateway.took(sagaId).join())
  expect(taken.filter(kinds => kinds === '').length).toBeGreaterThanOrEqual(18)
  expect(new Set(taken)).toEqual(new Set(taken.includes('charge,refund') ? ['', 'charge,refund'] : ['']))
})

test('rule 23: a process that alone does not reach the target leaves its messages to one that does', async () => {
  const program = join(import.meta.dirname, 'payment-process.fixture.ts')
  const [nobodys] = await freePorts(1)
  const cutOff = await deployment.startProgram(program, { GATEWAY_URL: `http://127.0.0.1:${nobodys}` })
  const ids = sagas(10)
  await publish(Ordered, ids)
  await becomes({ 'charge: failed 0': 10 })
  await paused(cutOff, 1)
  await deployment.startProgram(program, { GATEWAY_URL: gateway.url })
  await becomes({ 'charge: succeeded 1': 10 }, 60_000)
  for (const sagaId of ids) expect(gateway.took(sagaId)).toEqual(['charge'])
}, 120_000)

test('rule 23: what has no turn waits in the database, costs no try, and is taken when there is a turn, not before', async () => {
  const service = await deployment.start()
  const answers: (() => void)[] = []
  sendReceipt = () => new Promise(resolve => answers.push(resolve))
  receipts = 0
  await publish(Shipped, sagas(130))
  const receiptsThat = (outcome: string) =>
    service.metric('saga_steps_total', `step="send_receipt",direction="action",outcome="${outcome}"`)
  const held = () => receiptsThat('held')
  await eventually('those behind the first hundred are held', held, count => count >= 30)
  await eventually('a hundred are under way', () => receipts === 100)
  expect(await tally()).toEqual({ 'send_receipt: calling 1': 100, 'send_receipt: failed 0': 30 })
  // No turn is near: nobody takes them only to put them back, but for what was on its way when the hundred began.
  let before = 0
  const sinceASecond = async () => {
    before = await held()
    await sleep(1_000)
    return (await held()) === before
  }
  await eventually('nobody takes them any more', sinceASecond)
  // The gateway's calls have turns of their own.
  await publish(Ordered, sagas(5))
  await eventually('charged meanwhile', tally, found => found['charge: succeeded 1'] === 5)
  // Ten turns: ten are taken.
  for (const answer of answers.splice(0, 10)) answer()
  await eventually('ten more are under way', () => receipts === 110)
  await becomes({
    ...{ 'send_receipt: succeeded 1': 10, 'send_receipt: calling 1': 100, 'send_receipt: failed 0': 20 },
    'charge: succeeded 1': 5,
  })
  expect(await held()).toBe(before)
  sendReceipt = async () => {}
  for (const answer of answers) answer()
  await becomes({ 'send_receipt: succeeded 1': 130, 'charge: succeeded 1': 5 })
  expect(receipts).toBe(130)
  // None was begun only to be given back.
  expect(await receiptsThat('calling')).toBe(130)
}, 120_000)
