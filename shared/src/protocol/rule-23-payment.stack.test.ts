/** Calls in doubt and what undoes them, at a gateway that keeps its own books. */
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { adminOf } from '../testing/admin.fixture.ts'
import { type Deployment, deploy, eventually, type ProcessInstance, sagaIn, sent } from '../testing/service.fixture.ts'
import { type GatewayProcess, startGateway } from './gateway-process.fixture.ts'
import { CalledOff, httpGateway, Ordered, payment, paymentTables } from './payment.fixture.ts'

let gateway: GatewayProcess
let deployment: Deployment
beforeAll(async () => {
  gateway = await startGateway()
  deployment = await deploy({
    participant: payment(httpGateway(gateway.url)),
    tables: paymentTables,
    environment: { SHUTDOWN_TIMEOUT: '2s', RETRY_MAX_ATTEMPTS: '3', ADMIN_PORT: '0' },
  })
})
afterEach(async () => {
  await gateway.kill()
  await deployment.stopAll()
  await gateway.start()
})
afterAll(async () => {
  await gateway?.close()
  await deployment?.close()
})

function order() {
  const fields = { sagaId: sagaIn(0), account: 'ann', amount: 5 }
  return {
    sagaId: fields.sagaId,
    place: () => deployment.publish(sent(Ordered, fields)),
    callOff: () => deployment.publish(sent(CalledOff, fields)),
  }
}
/** `charge: succeeded`, with its tries. */
const log = async (sagaId: string) =>
  (
    await deployment.query('select operation, status, attempts from saga.saga_log where saga_id = $1 order by 1', [
      sagaId,
    ])
  ).map(row => `${row.operation}: ${row.status} ${row.attempts}`)
const waiting = (sagaId: string) =>
  deployment.query('select kind, step, direction, attempts from saga.waiting where saga_id = $1 order by seq, n', [
    sagaId,
  ])
const logged = (sagaId: string, line: RegExp) =>
  eventually(
    `${line}`,
    () => log(sagaId),
    lines => lines.some(found => line.test(found)),
  )
const parked = (sagaId: string) =>
  eventually(
    'the compensation waits',
    () => waiting(sagaId),
    rows => rows.some(row => row.kind === 'parked' && row.direction === 'compensation'),
  )
const published = async (sagaId: string) =>
  (await deployment.records('ledger.events.v1'))
    .filter(record => record.key === sagaId)
    .map(({ headers }) => headers.ce_type!.replace('test.', ''))
const refunded = async (sagaId: string) => {
  await eventually(
    'Refunded is on the topic',
    () => published(sagaId),
    types => types.includes('Refunded'),
  )
  expect(await waiting(sagaId)).toEqual([])
}
const amountRefunded = async (sagaId: string) => {
  const [row] = await deployment.query('select refund_id is not null as given_back from charges where saga_id = $1', [
    sagaId,
  ])
  return row
}
/** What nobody answered is repeated when its deadline has passed: let it pass now. */
const deadlinePasses = (sagaId: string) =>
  deployment.query(`update saga.waiting set due_at = now() where saga_id = $1 and kind = 'calling'`, [sagaId])

test('charged, and given back by an effect of its own when it is called off', async () => {
  await deployment.start()
  const { sagaId, place, callOff } = order()
  await place()
  await logged(sagaId, /^charge: succeeded/)
  await callOff()
  await refunded(sagaId)
  expect(gateway.took(sagaId)).toEqual(['charge', 'refund'])
  expect(gateway.taken().filter(({ key }) => key.startsWith(sagaId))).toMatchObject([
    { key: `${sagaId}/charge/action`, request: { account: 'ann', amount: 5 } },
    { key: `${sagaId}/refund/action`, request: { amount: 5 } },
  ])
  expect(await published(sagaId)).toEqual(['Charged', 'Refunded'])
  expect(await amountRefunded(sagaId)).toEqual({ given_back: true })
})

test('declined is an answer: the step is rejected, and the compensation has nothing to give back', async () => {
  await deployment.start()
  await gateway.mood({ declines: true })
  const { sagaId, place, callOff } = order()
  await place()
  await callOff()
  await refunded(sagaId)
  expect(await log(sagaId)).toEqual(['charge: rejected 1', 'undo charge: succeeded 1'])
  expect(gateway.took(sagaId)).toEqual([])
})

test('the charge was taken and the answer lost: one charge, and one refund when it is called off', async () => {
  await deployment.start()
  await gateway.mood({ drops: 1 })
  const { sagaId, place, callOff } = order()
  await place()
  await callOff()
  await refunded(sagaId)
  expect(await log(sagaId)).toEqual(['charge: succeeded 2', 'refund: succeeded 1', 'undo charge: succeeded 1'])
  expect(gateway.took(sagaId)).toEqual(['charge', 'refund'])
  expect(await published(sagaId)).toEqual(['Charged', 'Refunded'])
})

test('the refund was taken and the answer lost: still one refund', async () => {
  await deployment.start()
  const { sagaId, place, callOff } = order()
  await place()
  await logged(sagaId, /^charge: succeeded/)
  await gateway.mood({ drops: 1 })
  await callOff()
  await refunded(sagaId)
  expect(await log(sagaId)).toContain('refund: succeeded 2')
  expect(gateway.took(sagaId)).toEqual(['charge', 'refund'])
})

test('called off while the call is under way: the compensation waits for its answer, and then gives back', async () => {
  await deployment.start()
  await gateway.mood({ holds: true })
  const { sagaId, place, callOff } = order()
  await place()
  await eventually('the gateway has it', () => gateway.took(sagaId).length === 1)
  await callOff()
  await parked(sagaId)
  expect(await log(sagaId)).toEqual(['charge: calling 1'])
  await gateway.mood({})
  await refunded(sagaId)
  expect(await log(sagaId)).toEqual(['charge: succeeded 1', 'refund: succeeded 1', 'undo charge: succeeded 1'])
  expect(gateway.took(sagaId)).toEqual(['charge', 'refund'])
})

test('called off while the call is in doubt and the gateway away: it waits, and closes nothing; no try is lost', async () => {
  const service = await deployment.start()
  await gateway.mood({ holds: true })
  const { sagaId, place, callOff } = order()
  await place()
  await eventually('the gateway has it', () => gateway.took(sagaId).length === 1)
  await gateway.kill()
  await callOff()
  await parked(sagaId)
  await eventually(
    'the effect is paused',
    () => service.metric('saga_paused', 'cause="effect:charge"'),
    value => value === 1,
  )
  const holds = () => service.metric('saga_steps_total', 'step="charge",direction="action",outcome="held"')
  await eventually('it was asked for more than once', holds, count => count > 1)
  // The one that was cut off counts; those that found nobody do not.
  expect(await log(sagaId)).toEqual(['charge: failed 1'])
  expect(await waiting(sagaId)).toEqual([
    { kind: 'retry', step: 'charge', direction: 'action', attempts: 1 },
    { kind: 'parked', step: 'charge', direction: 'compensation', attempts: 0 },
  ])
  await gateway.start()
  await refunded(sagaId)
  expect(await log(sagaId)).toEqual(['charge: succeeded 2', 'refund: succeeded 1', 'undo charge: succeeded 1'])
  expect(gateway.took(sagaId)).toEqual(['charge', 'refund'])
})

test('killed between the call and its record: another process repeats it with the same key; then it is called off', async () => {
  const program = join(import.meta.dirname, 'payment-process.fixture.ts')
  const start = (): Promise<ProcessInstance> => deployment.startProgram(program, { GATEWAY_URL: gateway.url })
  const first = await start()
  await gateway.mood({ holds: true })
  const { sagaId, place, callOff } = order()
  await place()
  await eventually('the gateway has it', () => gateway.took(sagaId).length === 1)
  first.kill('SIGKILL')
  await first.ended
  await gateway.mood({})
  expect(await log(sagaId)).toEqual(['charge: calling 1'])
  await callOff()
  await start()
  await parked(sagaId)
  expect(await log(sagaId)).toEqual(['charge: calling 1'])
  await deadlinePasses(sagaId)
  await refunded(sagaId)
  expect(await log(sagaId)).toEqual(['charge: succeeded 2', 'refund: succeeded 1', 'undo charge: succeeded 1'])
  expect(gateway.took(sagaId)).toEqual(['charge', 'refund'])
})

test('a gateway that takes it and never says so uses up the tries: dead and still in doubt; the compensation waits until a replay has its answer', async () => {
  const { adminPort } = await deployment.start()
  await gateway.mood({ drops: 3 })
  const { sagaId, place, callOff } = order()
  await place()
  await logged(sagaId, /^charge: dead 3/)
  await callOff()
  await parked(sagaId)
  expect(await log(sagaId)).toEqual(['charge: dead 3'])
  expect(gateway.took(sagaId)).toEqual(['charge'])

  const [letter] = await deployment.query(
    `select message_id as id, deaths from saga.waiting where saga_id = $1 and kind = 'dead'`,
    [sagaId],
  )
  const replayed = await adminOf(adminPort).post('/admin/replays', { letters: [{ ...letter, sagaId }], plan: 'mended' })
  expect(replayed.body.results).toMatchObject([{ result: 'done' }])
  await refunded(sagaId)
  expect(await log(sagaId)).toEqual(['charge: succeeded 1', 'refund: succeeded 1', 'undo charge: succeeded 1'])
  expect(gateway.took(sagaId)).toEqual(['charge', 'refund'])
})

test('not guaranteed: a gateway that ignores the key charges twice, and gives back what the last answer named', async () => {
  await deployment.start()
  await gateway.mood({ drops: 1, ignoresKeys: true })
  const { sagaId, place, callOff } = order()
  await place()
  await logged(sagaId, /^charge: succeeded/)
  await callOff()
  await refunded(sagaId)
  expect(gateway.took(sagaId)).toEqual(['charge', 'charge', 'refund'])
  expect(new Set(gateway.taken().map(({ key }) => key)).has(`${sagaId}/charge/action`)).toBe(true)
})

test('a gateway that stands still leaves a doubt at each try; the compensation waits, and the circuit is not its business', async () => {
  // The last of the file: the others' calls have all the time that they want.
  await deployment.close()
  const impatient = { participant: payment(httpGateway(gateway.url), 1_000), tables: paymentTables }
  deployment = await deploy({ ...impatient, environment: { SHUTDOWN_TIMEOUT: '2s', RETRY_MAX_ATTEMPTS: '100' } })
  const service = await deployment.start()
  gateway.signal('SIGSTOP')
  const { sagaId, place, callOff } = order()
  await place()
  await logged(sagaId, /^charge: (failed|calling) [2-9]/)
  await callOff()
  await parked(sagaId)
  expect(await service.metric('saga_paused', 'cause="effect:charge"')).toBe(0)
  gateway.signal('SIGCONT')
  await refunded(sagaId)
  expect(gateway.took(sagaId)).toEqual(['charge', 'refund'])
})
