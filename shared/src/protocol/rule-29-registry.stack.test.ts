import { createServer, request } from 'node:http'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { after, succeed } from '../kit.ts'
import { Alarm, behaviour, Noted, Paid } from '../testing/participant.fixture.ts'
import { type Deployment, deploy, eventually, type Instance, sagaIn, sent } from '../testing/service.fixture.ts'

/** The registry, behind a door that can be shut. */
let isAway = false
const door = createServer((incoming, outgoing) => {
  if (isAway) return incoming.socket.destroy()
  const { method, headers, url = '' } = incoming
  const passedOn = request(new URL(url, inject('registryUrl')), { method, headers }, answer => {
    outgoing.writeHead(answer.statusCode!, answer.headers)
    answer.pipe(outgoing)
  })
  incoming.pipe(passedOn)
})
let ledger: Deployment

beforeAll(async () => {
  await new Promise<void>(resolve => door.listen(0, '127.0.0.1', resolve))
  const url = new URL(inject('registryUrl'))
  url.host = `127.0.0.1:${(door.address() as { port: number }).port}`
  ledger = await deploy({ environment: { SCHEMA_REGISTRY_URL: url.href } })
})
afterEach(async () => {
  isAway = false
  behaviour.clear()
  await ledger.stopAll()
})
afterAll(async () => {
  await ledger.close()
  door.close()
})
const events = async (sagaId: string) => (await ledger.records('ledger.events.v1')).filter(r => r.key === sagaId)
/** The registry is asked for the schema of the first event of a type that a process sees. */
async function meetsUnknownSchema(service: Instance, sagaId: string): Promise<void> {
  isAway = true
  await ledger.publish(sent(Paid, { sagaId, account: 'ann', amount: 5 }))
  await eventually(
    'it pauses',
    () => service.metric('saga_paused', 'cause="registry"'),
    value => value === 1,
  )
}
const letters = () => ledger.records('ledger.dlq')

test('rule 29: while the registry is away the service pauses, keeps its place in the group, counts nothing, and its timers go on', async () => {
  const [sagaId, timed] = [sagaIn(0), sagaIn(0)]
  behaviour.set(`note/${timed}`, e => succeed(after(0, Alarm, { account: e.account })))
  const service = await ledger.start()
  await ledger.publish(sent(Noted, { sagaId: timed, account: 'ann', amount: 1 }))
  await eventually(
    'a timer fires',
    () => events(timed),
    found => found.length === 1,
  )
  const another = sagaIn(0)
  await ledger.query(`insert into saga.sagas (saga_id, partition) values ($1, 0)`, [another])
  await meetsUnknownSchema(service, sagaId)
  const members = await ledger.members()
  await ledger.query(
    `insert into saga.waiting (message_id, kind, saga_id, partition, message_type, seq, n, step, direction, due_at, headers, key, body)
     values ($1, 'timer', $2::uuid, 0, 'Alarm', 0, 0, 'ring', 'action', now(), '{}', $3, $4)`,
    [`ledger/${another}/Alarm`, another, Buffer.from(another), Buffer.from('{"account":"ann"}')],
  )
  await eventually(
    'a timer fires meanwhile',
    () => events(another),
    found => found.length === 1,
  )
  expect(members).toHaveLength(1)
  expect(await ledger.members()).toEqual(members)
  expect(await letters()).toEqual([])
  expect(await ledger.query('select from saga.saga_log where saga_id = $1', [sagaId])).toEqual([])

  isAway = false
  await eventually(
    'it is paid',
    () => events(sagaId),
    found => found.length === 1,
  )
  expect(await service.metric('saga_paused', 'cause="registry"')).toBe(0)
  expect(await letters()).toEqual([])
})

test('rule 29, safeguard off: what could not be decoded is dead, though nothing is wrong with it', async () => {
  const service = await ledger.start({ safeguards: { pause: false } })
  const sagaId = sagaIn(0)
  await meetsUnknownSchema(service, sagaId)
  const [letter] = await eventually('a letter', letters, found => found.length > 0)
  expect(letter!.headers).toMatchObject({ 'dlq-error-code': 'registry-unavailable' })
})
