import { hostname } from 'node:os'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { partitionOf } from '../kafka/partition.ts'
import { PermanentError, succeed } from '../kit.ts'
import type { Declaration } from '../runtime/declaration.ts'
import { adminOf } from '../testing/admin.fixture.ts'
import { newSagaId } from '../testing/engine.fixture.ts'
import { behaviour, Done, Noted, NotedToo, Paid } from '../testing/participant.fixture.ts'
import { type Deployment, deploy, eventually, partitions, sent } from '../testing/service.fixture.ts'
import * as contract from './contract.ts'

let ledger: Deployment
beforeAll(async () => {
  ledger = await deploy({ environment: { RETRY_MAX_ATTEMPTS: '2', ADMIN_PORT: '0' } })
})
afterEach(async () => {
  behaviour.clear()
  await ledger.stopAll()
  await ledger.query('truncate saga.waiting, saga.saga_log, saga.sagas, saga.outbox, saga.operator_acts')
})
afterAll(() => ledger.close())

const token = 'a-token-of-16-characters'
const declared = async () => {
  const records = await ledger.records('saga.declarations')
  return JSON.parse(String(records.at(-1)?.value ?? '{}')) as Partial<Declaration>
}

describe('who may ask', () => {
  test('with a token: whoever has it, from anywhere; the declaration names the host', async () => {
    const { adminPort } = await ledger.start({ environment: { ADMIN_TOKEN: token } })
    for (const authorization of ['', 'Bearer', `Bearer ${token}x`, `Basic ${token}`, token])
      for (const path of ['/admin/status', '/admin/nothing']) {
        const refused = await adminOf(adminPort, { authorization }).get(path)
        expect(refused).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
        expect(refused.headers['www-authenticate']).toBe('Bearer')
      }
    const headers = { authorization: `Bearer ${token}`, host: 'ledger.example', origin: 'https://console.example' }
    expect((await adminOf(adminPort, headers).get('/admin/status')).status).toBe(200)
    await eventually(
      'it is declared',
      async () => (await declared()).adminUrl,
      url => url === `http://${hostname()}:${adminPort}`,
    )
  })

  test('without one: programs of this machine, and no page in its browser', async () => {
    const { adminPort } = await ledger.start()
    for (const host of ['127.0.0.1', `localhost:${adminPort}`, `[::1]:${adminPort}`, '127.1.2.3'])
      expect((await adminOf(adminPort, { host }).get('/admin/status')).status).toBe(200)
    const others = ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', '[', '127.0.0.1@x']
    for (const host of others)
      expect(await adminOf(adminPort, { host }).get('/admin/status'), host).toMatchObject({
        status: 403,
        body: { code: 'not-this-machine' },
      })
    const page = adminOf(adminPort, { host: 'localhost', origin: 'http://localhost:3000' })
    expect((await page.get('/admin/status')).body.code).toBe('not-this-machine')
    await eventually(
      'it is declared',
      async () => (await declared()).adminUrl,
      url => url === `http://127.0.0.1:${adminPort}`,
    )
  })

  test('ADMIN_URL is declared as it is; without ADMIN_PORT nothing listens, and nothing is declared', async () => {
    await ledger.start({ environment: { ADMIN_URL: 'https://ops.example/ledger/' } })
    await eventually(
      'it is declared',
      async () => (await declared()).adminUrl,
      url => url === 'https://ops.example/ledger',
    )
    const before = (await ledger.records('saga.declarations')).length
    expect((await ledger.start({ environment: { ADMIN_PORT: '' } })).adminPort).toBeUndefined()
    await eventually('it is declared', async () => (await ledger.records('saga.declarations')).length > before)
    expect(await declared()).not.toHaveProperty('adminUrl')
  })

  test('a port that is in use ends the start, and leaves nothing listening', async () => {
    const { adminPort } = await ledger.start()
    await expect(ledger.start({ environment: { ADMIN_PORT: String(adminPort) } })).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining('ADMIN_PORT='),
    })
  })

  test('an act names who acts', async () => {
    const { adminPort } = await ledger.start()
    const letter = { id: 'm', sagaId: newSagaId(), deaths: 1 }
    const acts = [
      ['/admin/replays', { letters: [letter], plan: 'p' }],
      ['/admin/discards', { letter, reason: 'settled by hand', force: false, plan: 'p' }],
      ['/admin/restores', { letters: [{ ...letter, keyBase64: null, headers: {}, bodyBase64: null }], plan: 'p' }],
    ] as const
    const unnamed = [{}, ...['', ' ', 'é', 'x'.repeat(201)].map(name => ({ [contract.operatorHeader]: name }))]
    for (const [path, body] of acts)
      for (const headers of unnamed)
        expect(await adminOf(adminPort, headers as Record<string, string>).post(path, body)).toMatchObject({
          status: 400,
          body: { code: 'operator-missing' },
        })
    const named = adminOf(adminPort, { [contract.operatorHeader]: 'Ann Smith <ann@ops>' })
    expect((await named.post('/admin/replays', acts[0][1])).body.results).toMatchObject([{ result: 'unknown' }])
  })

  test('what it does not have is said', async () => {
    const admin = adminOf((await ledger.start()).adminPort)
    expect((await admin.get('/admin')).body.code).toBe('no-route')
    expect((await admin.post('/admin/letters', {})).body.code).toBe('method-not-allowed')
    expect((await admin.get('/admin/letters', { after: 'x' })).body.code).toBe('parameter-invalid')
    expect((await admin.get('/admin/letters', { since: 'yesterday' })).body.code).toBe('parameter-invalid')
    expect((await admin.get('/admin/letter', { id: 'm', sagaId: 'x' })).body.code).toBe('parameter-invalid')
    expect((await admin.get('/admin/letter', { id: 'm', sagaId: newSagaId() })).body.code).toBe('not-found')
    expect((await admin.get(`/admin/sagas/${newSagaId()}`)).body.code).toBe('not-found')
    expect((await admin.post('/admin/replays', { letters: [], plan: 'p' })).body.code).toBe('body-invalid')
  })
})

/** A saga whose note is dead, with two behind it: another event of the same step, and a payment. */
async function deadWithFollowers() {
  const sagaId = newSagaId()
  behaviour.set(`note/${sagaId}`, () => {
    throw new PermanentError('no-paper', 'there is no paper', { cause: new Error('the printer is empty') })
  })
  const fields = { sagaId, account: 'ann', amount: 5 }
  const [noted, again, paid] = [sent(Noted, fields), sent(NotedToo, fields), sent(Paid, fields)]
  await ledger.publish(noted, again, paid)
  await eventually(
    'they are parked behind it',
    () => ledger.query(`select from saga.waiting where saga_id = $1 and kind = 'parked'`, [sagaId]),
    rows => rows.length === 2,
  )
  return { sagaId, noted, again, paid, ref: { id: noted.id, sagaId, deaths: 1 } }
}

describe('what it shows', () => {
  test('a letter with its message, its cause and what it holds up; its saga; where a message stands', async () => {
    const service = await ledger.start()
    const admin = adminOf(service.adminPort)
    const { sagaId, noted, again, paid, ref } = await deadWithFollowers()

    const { letters } = contract.letterPage.parse((await admin.get('/admin/letters', { sagaId })).body)
    const letter = {
      ...ref,
      ...{ service: 'ledger', step: 'note', direction: 'action', messageType: 'Noted', errorCode: 'no-paper' },
      ...{ errorMessage: 'there is no paper', attempts: 1, parkedBehind: 2, needsForce: 'owes-answer' },
    }
    expect(letters).toMatchObject([letter])

    const detail = contract.letterDetail.parse((await admin.get('/admin/letter', { id: noted.id, sagaId })).body)
    expect(detail).toMatchObject({
      ...letter,
      message: { type: 'Noted', sagaId, account: 'ann', amount: 5 },
      headers: { ce_id: noted.id, 'kafka_dlt-original-topic': `${ledger.prefix}source.events.v1` },
      keyBase64: Buffer.from(sagaId).toString('base64'),
      behind: [
        { id: again.id, kind: 'parked', messageType: 'NotedToo', step: 'note', dueAt: null },
        { id: paid.id, kind: 'parked', messageType: 'Paid', step: 'pay', dueAt: null },
      ],
      request: null,
    })
    expect(detail.errorStack).toMatch(/^PermanentError: there is no paper\n.*caused by Error: the printer is empty/s)

    const saga = contract.sagaState.parse((await admin.get(`/admin/sagas/${sagaId}`)).body)
    expect(saga.log).toMatchObject([
      {
        operation: 'note',
        status: 'dead',
        messageId: noted.id,
        messageType: 'Noted',
        emitted: [],
        errorCode: 'no-paper',
      },
    ])
    expect(saga.waiting.map(({ kind, step }) => `${kind} ${step}`)).toEqual(['dead note', 'parked note', 'parked pay'])

    const stateOf = async (id: string) =>
      contract.messageState.parse((await admin.get('/admin/message', { id, sagaId })).body)
    expect(await stateOf(noted.id)).toMatchObject({ state: 'dead', deaths: 1, errorCode: 'no-paper' })
    expect(await stateOf(paid.id)).toMatchObject({ state: 'parked', deaths: 0 })
    expect(await stateOf('nobody')).toMatchObject({ state: 'unknown' })

    behaviour.set(`note/${sagaId}`, () => succeed(Done({ sagaId, account: 'ann', amount: 1 })))
    await admin.post('/admin/replays', { letters: [ref], plan: 'p1' })
    await eventually(
      'all is done',
      () => stateOf(paid.id),
      ({ state }) => state === 'ended',
    )
    expect(await stateOf(noted.id)).toMatchObject({ state: 'ended', status: 'succeeded' })
    const after = contract.sagaState.parse((await admin.get(`/admin/sagas/${sagaId}`)).body)
    expect(after.log.map(({ operation, status, emitted }) => [operation, status, emitted])).toEqual([
      ['note', 'succeeded', ['Done']],
      ['pay', 'succeeded', ['Done']],
    ])
    const payment = { sagaId, account: 'ann', amount: 5 }
    expect(after.log.map(({ rows }) => rows)).toEqual([
      [],
      [{ table: 'payments', key: sagaId, before: null, after: payment }],
    ])
    const act = {
      act: 'replay',
      operator: 'ann',
      plan: 'p1',
      ...ref,
      step: 'note',
      errorCode: 'no-paper',
      forced: false,
    }
    expect(after.acts).toMatchObject([act])
    expect(contract.actPage.parse((await admin.get('/admin/acts')).body).acts).toEqual(after.acts)
  })

  test('letters by step, cause and time, page by page, the oldest death first', async () => {
    const service = await ledger.start()
    const admin = adminOf(service.adminPort)
    const sagas = Array.from({ length: 5 }, () => newSagaId())
    for (const [i, sagaId] of sagas.entries()) {
      const code = i === 0 ? 'first' : 'other'
      const die = () => {
        throw new PermanentError(code, code)
      }
      behaviour.set(`${i % 2 === 0 ? 'pay' : 'note'}/${sagaId}`, die)
    }
    await ledger.publish(
      ...sagas.map((sagaId, i) =>
        sent(i % 2 === 0 ? Paid : (Noted as unknown as typeof Paid), { sagaId, account: 'a', amount: 1 }),
      ),
    )
    const list = async (query: Record<string, string> = {}) =>
      contract.letterPage.parse((await admin.get('/admin/letters', query)).body)
    const all = await eventually(
      'all are dead',
      () => list(),
      ({ letters }) => letters.length === 5,
    )
    expect(all.letters.map(({ diedAt }) => diedAt)).toEqual(all.letters.map(({ diedAt }) => diedAt).toSorted())
    expect(all.next).toBeNull()

    const paged: string[] = []
    for (let after: string | null | undefined; after !== null; ) {
      const { letters, next } = await list({ limit: '2', ...(after !== undefined && { after }) })
      expect(letters.length).toBeLessThanOrEqual(2)
      paged.push(...letters.map(({ id }) => id))
      after = next
    }
    expect(paged).toEqual(all.letters.map(({ id }) => id))
    expect((await list({ step: 'note' })).letters.map(({ sagaId }) => sagaId).toSorted()).toEqual(
      [sagas[1], sagas[3]].toSorted(),
    )
    expect((await list({ error: 'first' })).letters.map(({ sagaId }) => sagaId)).toEqual([sagas[0]])
    expect((await list({ since: new Date(Date.now() + 60_000).toISOString() })).letters).toEqual([])
    expect((await list({ since: '2020-01-01T00:00:00+02:00' })).letters).toHaveLength(5)

    const waiting = contract.waitingPage.parse((await admin.get('/admin/waiting', { kind: 'dead', limit: '3' })).body)
    expect(waiting.messages.map(({ kind }) => kind)).toEqual(['dead', 'dead', 'dead'])
    const rest = contract.waitingPage.parse((await admin.get('/admin/waiting', { after: waiting.next! })).body)
    expect([rest.messages.length, rest.next]).toEqual([2, null])
  })

  test('how much waits, and what holds the service up', async () => {
    const service = await ledger.start()
    const admin = adminOf(service.adminPort)
    await deadWithFollowers()
    const status = contract.status.parse((await admin.get('/admin/status')).body)
    expect(status).toMatchObject({
      service: 'ledger',
      dead: 1,
      parked: 2,
      retrying: 0,
      calling: 0,
      ...{ timers: 0, outboxOldestMs: expect.any(Number), timerLagMs: 0 },
      paused: [],
    })
    expect(status.horizonMs).toBeGreaterThan(86_400_000)
  })

  test('a record that nobody could read, by its place in the topic', async () => {
    const service = await ledger.start()
    const admin = adminOf(service.adminPort)
    const value = Buffer.from('not avro')
    await ledger.publishRaw('source.events.v1', [
      { partition: 0, key: null, value, headers: { ce_type: Paid.schema.fullName, odd: Buffer.from([0xff]) } },
    ])
    const { letters } = await eventually(
      'its letter',
      async () => contract.letterPage.parse((await admin.get('/admin/letters')).body),
      found => found.letters.length === 1,
    )
    expect(letters).toMatchObject([{ sagaId: null, deaths: 1, step: null, errorCode: 'undecodable', needsForce: null }])
    const { id } = letters[0]!
    expect(id).toMatch(new RegExp(`^${ledger.prefix}source.events.v1/0/\\d+$`))
    const detail = contract.letterDetail.parse((await admin.get('/admin/letter', { id })).body)
    expect(detail).toMatchObject({ message: null, keyBase64: null, bodyBase64: value.toString('base64'), behind: [] })
    expect(detail.headers.odd).toEqual({ base64: '/w==' })
    const published = await eventually(
      'its letter on the topic',
      async () => (await ledger.records('ledger.dlq')).filter(({ headers }) => headers['dlq-id'] === id),
      found => found.length === 1,
    )
    expect(published[0]!.partition).toBe(partitionOf(id, partitions))
  })
})

test('while the database is away an act is turned away, and not done later', async () => {
  const service = await ledger.start()
  const { sagaId, ref } = await deadWithFollowers()
  const admin = adminOf(service.adminPort)
  await ledger.query('alter table saga.operator_acts rename to elsewhere')
  try {
    const body = { letters: [ref], plan: 'p' }
    expect(await admin.post('/admin/replays', body)).toMatchObject({
      status: 503,
      body: { code: 'database-unavailable' },
    })
  } finally {
    await ledger.query('alter table saga.elsewhere rename to operator_acts')
  }
  const [row] = await ledger.query(`select kind, deaths from saga.waiting where saga_id = $1 and message_id = $2`, [
    sagaId,
    ref.id,
  ])
  expect(row).toEqual({ kind: 'dead', deaths: 1 })
  behaviour.clear()
  expect((await admin.post('/admin/replays', { letters: [ref], plan: 'p' })).body.results).toMatchObject([
    { result: 'done' },
  ])
})
