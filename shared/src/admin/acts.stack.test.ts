/** Rules 19 to 21 as an operator meets them: over HTTP, on the topics, with schemas that come and go. */
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { after, PermanentError, succeed } from '../kit.ts'
import { type AdminClient, adminOf } from '../testing/admin.fixture.ts'
import { newSagaId } from '../testing/engine.fixture.ts'
import { openSchemaDoor, type SchemaDoor } from '../testing/hidden-schemas.fixture.ts'
import { Alarm, behaviour, Noted, Paid } from '../testing/participant.fixture.ts'
import { type Deployment, deploy, eventually, partitions, sent, type TopicRecord } from '../testing/service.fixture.ts'
import { type Letter, letterPage } from './contract.ts'

let door: SchemaDoor
let ledger: Deployment
beforeAll(async () => {
  door = await openSchemaDoor(inject('registryUrl'))
  ledger = await deploy({ environment: { ADMIN_PORT: '0', SCHEMA_REGISTRY_URL: door.url, RETRY_MAX_ATTEMPTS: '2' } })
})
afterEach(async () => {
  behaviour.clear()
  door.hidden = false
  await ledger.stopAll()
})
afterAll(async () => {
  await ledger.close()
  door.close()
})

const plan = 'p1'
const never = () => {
  throw new PermanentError('never', 'it can never be paid')
}
const onLetterTopic = async (id: string) =>
  (await ledger.records('ledger.dlq'))
    .filter(r => r.headers['dlq-id'] === id)
    .map(({ headers }) => `${headers['dlq-status']} ${headers['dlq-deaths']}`)
const eventsOf = async (sagaId: string) =>
  (await ledger.records('ledger.events.v1')).filter(r => r.key === sagaId).map(r => r.headers.ce_type)
const resultsOf = async (answer: Promise<{ body: any }>) => (await answer).body.results.map((r: any) => r.result)
const replays = (admin: AdminClient, ...letters: object[]) => resultsOf(admin.post('/admin/replays', { letters, plan }))
const lettersOf = async (admin: AdminClient, query: Record<string, string>): Promise<Letter[]> =>
  letterPage.parse((await admin.get('/admin/letters', query)).body).letters

async function deadPayment(admin: AdminClient) {
  const sagaId = newSagaId()
  behaviour.set(`pay/${sagaId}`, never)
  const paid = sent(Paid, { sagaId, account: 'ann', amount: 5 })
  await ledger.publish(paid)
  await eventually(
    'it is dead',
    () => lettersOf(admin, { sagaId }),
    found => found.length === 1,
  )
  return { sagaId, id: paid.id, ref: { id: paid.id, sagaId, deaths: 1 } }
}

test('rule 18: a replay, a new death, a discard: each is a record behind the letter, on its partition', async () => {
  const admin = adminOf((await ledger.start()).adminPort)
  const { sagaId, id, ref } = await deadPayment(admin)
  expect(await replays(admin, ref)).toEqual(['done'])
  await eventually(
    'it has died anew',
    () => onLetterTopic(id),
    found => found.length === 3,
  )
  expect(await onLetterTopic(id)).toEqual(['dead 1', 'replayed 1', 'dead 2'])

  const discard = { letter: { ...ref, deaths: 2 }, reason: 'paid by hand', plan }
  expect(await resultsOf(admin.post('/admin/discards', { ...discard, force: false }))).toEqual(['needs-force'])
  expect(await resultsOf(admin.post('/admin/discards', { ...discard, force: true }))).toEqual(['done'])
  await eventually(
    'it is closed',
    () => onLetterTopic(id),
    found => found.length === 4,
  )
  const records = (await ledger.records('ledger.dlq')).filter(r => r.headers['dlq-id'] === id)
  expect(records.at(-1)).toMatchObject({
    key: sagaId,
    value: null,
    headers: { 'dlq-status': 'discarded', 'dlq-deaths': '2' },
  })
  expect(new Set(records.map(r => r.partition)).size).toBe(1)
  expect(await lettersOf(admin, { sagaId })).toEqual([])
})

test('rule 19: two instances are asked at once: it runs once', async () => {
  const [one, two] = [adminOf((await ledger.start()).adminPort), adminOf((await ledger.start()).adminPort)]
  const { sagaId, id, ref } = await deadPayment(one)
  behaviour.clear()
  const both = await Promise.all([replays(one, ref), replays(two, ref)])
  expect(both.flat().toSorted()).toEqual(['already', 'done'])
  await eventually(
    'it is paid',
    () => eventsOf(sagaId),
    found => found.length === 1,
  )
  await eventually(
    'it is said',
    () => onLetterTopic(id),
    found => found.length === 2,
  )
  expect(await ledger.query('select amount from payments where saga_id = $1', [sagaId])).toEqual([{ amount: 5 }])
  expect(await onLetterTopic(id)).toEqual(['dead 1', 'replayed 1'])
})

/** A payment whose schema nobody has: its letter, by its place in the topic. */
async function unreadablePayment(admin: AdminClient) {
  const sagaId = newSagaId()
  door.hidden = true
  await ledger.publish(sent(Paid, { sagaId, account: 'ann', amount: 5 }))
  const ofIt = async () => (await lettersOf(admin, { error: 'unknown-schema-id' })).slice(-1)
  const [letter] = await eventually('its letter', ofIt, found => found.length === 1)
  return { sagaId, ref: { id: letter!.id, sagaId: null, deaths: 1 } }
}
const paidBy = (sagaId: string) => ledger.query('select amount from payments where saga_id = $1', [sagaId])

test('rule 21: a record that nobody could read is replayed when its schema is there', async () => {
  const service = await ledger.start()
  const admin = adminOf(service.adminPort)
  const { sagaId, ref } = await unreadablePayment(admin)
  const { body } = await admin.post('/admin/replays', { letters: [ref], plan })
  expect(body.results).toMatchObject([{ result: 'unreadable', detail: expect.stringContaining('unknown-schema-id') }])
  expect(await onLetterTopic(ref.id)).toEqual(['dead 1'])

  door.hidden = false
  expect(await replays(admin, ref)).toEqual(['done'])
  expect(await paidBy(sagaId)).toEqual([{ amount: 5 }])
  await eventually(
    'it is closed',
    () => onLetterTopic(ref.id),
    found => found.length === 2,
  )
  expect(await onLetterTopic(ref.id)).toEqual(['dead 1', 'replayed 1'])
  expect(await replays(admin, ref)).toEqual(['already'])
  expect((await admin.get('/admin/message', { id: ref.id })).body).toMatchObject({ state: 'ended' })
})

test('rule 21: a replay that ended halfway leaves an open letter; replayed again, its message is a duplicate', async () => {
  const first = await ledger.start()
  const { sagaId, ref } = await unreadablePayment(adminOf(first.adminPort))
  await first.stop()
  door.hidden = false
  await ledger.rewind()
  // It is taken from its topic, as the first half of a replay takes it.
  const service = await ledger.start()
  await eventually(
    'it is paid',
    () => paidBy(sagaId),
    rows => rows.length === 1,
  )
  const admin = adminOf(service.adminPort)
  expect(await replays(admin, ref)).toEqual(['done'])
  expect(await service.metric('saga_steps_total', 'step="pay",outcome="duplicate"')).toBeGreaterThanOrEqual(1)
  expect(await eventsOf(sagaId)).toHaveLength(1)
})

test('rule 21: discarded, the record makes no new letter when it is delivered again', async () => {
  const first = await ledger.start()
  const admin = adminOf(first.adminPort)
  const { sagaId, ref } = await unreadablePayment(admin)
  const discard = { letter: ref, reason: 'a test of ours', force: false, plan }
  expect(await resultsOf(admin.post('/admin/discards', discard))).toEqual(['done'])
  expect(await resultsOf(admin.post('/admin/discards', discard))).toEqual(['already'])
  expect(await replays(admin, ref)).toEqual(['already'])
  expect((await admin.get('/admin/message', { id: ref.id })).body).toMatchObject({
    state: 'ended',
    status: 'discarded',
  })
  expect((await admin.get('/admin/status')).body.dead).toBe(0)
  await first.stop()

  await ledger.rewind()
  const again = await ledger.start()
  const behind = newSagaId()
  door.hidden = false
  await ledger.publish(sent(Paid, { sagaId: behind, account: 'ann', amount: 5 }))
  await eventually(
    'all came again',
    () => paidBy(behind),
    rows => rows.length === 1,
  )
  await eventually(
    'and was published',
    () => ledger.query('select from saga.outbox'),
    rows => rows.length === 0,
  )
  expect(await onLetterTopic(ref.id)).toEqual(['dead 1', 'discarded 1'])
  expect(await again.metric('saga_dead_letters')).toBe(0)
  expect(sagaId).not.toBe(behind)
})

test('rule 21: what the database would not store stays a letter until it does', async () => {
  const service = await ledger.start()
  const admin = adminOf(service.adminPort)
  const sagaId = newSagaId()
  behaviour.set(`pay/${sagaId}`, () => {
    throw new Error('not today')
  })
  await ledger.query(
    `alter table saga.waiting add constraint no_retry check (step <> 'pay' or kind <> 'retry') not valid`,
  )
  await ledger.publish(sent(Paid, { sagaId, account: 'ann', amount: 5 }))
  const [letter] = await eventually(
    'its letter',
    () => lettersOf(admin, { error: 'row-refused' }),
    found => found.length === 1,
  )
  const ref = { id: letter!.id, sagaId: null, deaths: 1 }
  const { body } = await admin.post('/admin/replays', { letters: [ref], plan })
  expect(body.results).toMatchObject([{ result: 'unreadable', detail: expect.stringContaining('refuses to store it') }])
  expect(await lettersOf(admin, { error: 'row-refused' })).toHaveLength(1)

  await ledger.query('alter table saga.waiting drop constraint no_retry')
  behaviour.clear()
  expect(await replays(admin, ref)).toEqual(['done'])
  await eventually(
    'it is paid',
    () => paidBy(sagaId),
    rows => rows.length === 1,
  )
  expect(await lettersOf(admin, {})).not.toContainEqual(expect.objectContaining({ id: ref.id }))
})

/** As a tool takes it from the topic; of headers that are no UTF-8 the fixture knows nothing. */
const asRestored = ({ key, value, headers }: TopicRecord, ref: object) => ({
  ...{ ...ref, headers, keyBase64: key === null ? null : Buffer.from(key).toString('base64') },
  bodyBase64: value?.toString('base64') ?? null,
})
const restores = (admin: AdminClient, ...letters: object[]) =>
  resultsOf(admin.post('/admin/restores', { letters, plan }))
const letterOf = async (id: string) => {
  const found = await eventually(
    'its letter',
    async () => (await ledger.records('ledger.dlq')).filter(r => r.headers['dlq-id'] === id),
    records => records.length > 0,
  )
  return found.at(-1)!
}
const forget = async (sagaId: string) => {
  for (const table of ['waiting', 'saga_log', 'sagas'])
    await ledger.query(`delete from saga.${table} where saga_id = $1`, [sagaId])
}

test('rule 19: a letter whose row is gone is restored from the topic, byte by byte, and runs', async () => {
  const admin = adminOf((await ledger.start()).adminPort)
  const { sagaId, id, ref } = await deadPayment(admin)
  const letter = asRestored(await letterOf(id), ref)
  const [before] = await ledger.query('select key, headers, body from saga.waiting where message_id = $1', [id])
  expect(await restores(admin, letter)).toEqual(['changed'])
  await forget(sagaId)
  expect(await replays(admin, ref)).toEqual(['unknown'])
  expect(await restores(admin, letter)).toEqual(['done'])
  // It still cannot be paid: it dies a second time, as the message that it was.
  await eventually(
    'it has died anew',
    () => onLetterTopic(id),
    found => found.length === 3,
  )
  expect(await onLetterTopic(id)).toEqual(['dead 1', 'replayed 1', 'dead 2'])
  const [again] = await ledger.query('select key, headers, body from saga.waiting where message_id = $1', [id])
  expect(again).toEqual(before)

  behaviour.clear()
  expect(await replays(admin, { ...ref, deaths: 2 })).toEqual(['done'])
  await eventually(
    'it is paid',
    () => eventsOf(sagaId),
    found => found.length === 1,
  )
  expect(await restores(admin, letter)).toEqual(['already'])
  expect((await admin.get('/admin/acts')).body.acts.map((act: any) => act.act).slice(-2)).toEqual(['restore', 'replay'])
})

test('rule 19: a letter of a call in doubt is restored with what it asked, or not at all', async () => {
  const admin = adminOf((await ledger.start()).adminPort)
  const { sagaId, id, ref } = await deadPayment(admin)
  const letter = asRestored(await letterOf(id), ref)
  await forget(sagaId)
  const withRequest = (text: string) => ({ ...letter, headers: { ...letter.headers, 'dlq-request': text } })
  expect(await restores(admin, withRequest(''))).toEqual(['unreadable'])
  expect(await restores(admin, withRequest('{"value":{"amount":5}}'))).toEqual(['done'])
  expect(await ledger.query('select request from saga.waiting where saga_id = $1', [sagaId])).toEqual([
    { request: { value: { amount: 5 } } },
  ])
})

test('rule 19: a timer is restored by its id; what the letter does not hold is not', async () => {
  const admin = adminOf((await ledger.start()).adminPort)
  const sagaId = newSagaId()
  behaviour.set(`note/${sagaId}`, () => succeed(after(0, Alarm, { account: 'ann' })))
  behaviour.set(`ring/${sagaId}`, never)
  await ledger.publish(sent(Noted, { sagaId, account: 'ann', amount: 5 }))
  const ref = { id: `ledger/${sagaId}/Alarm`, sagaId, deaths: 1 }
  const letter = asRestored(await letterOf(ref.id), ref)
  await forget(sagaId)
  for (const wrong of [
    { ...letter, id: `ledger/${sagaId}/Other` },
    { ...letter, sagaId: newSagaId() },
    { ...letter, bodyBase64: null },
    { ...letter, headers: { ...letter.headers, 'kafka_dlt-original-topic': 'x' } },
    {
      ...letter,
      headers: {
        'kafka_dlt-original-topic': 'x',
        'kafka_dlt-original-partition': '0',
        'kafka_dlt-original-offset': '1',
      },
    },
  ])
    expect(await restores(admin, wrong)).toEqual(['unreadable'])
  behaviour.clear()
  expect(await restores(admin, letter)).toEqual(['done'])
  await eventually(
    'it rings',
    () => eventsOf(sagaId),
    found => found.length === 1,
  )
})

test('rule 19: of a saga that is unknown here and began before the horizon nothing is restored', async () => {
  const admin = adminOf((await ledger.start()).adminPort)
  const { horizonMs } = (await admin.get('/admin/status')).body
  const sagaId = newSagaId(Date.now() - horizonMs - 60_000)
  const paid = sent(Paid, { sagaId, account: 'ann', amount: 5 })
  await ledger.publish(paid)
  const ref = { id: paid.id, sagaId, deaths: 1 }
  const letter = asRestored(await letterOf(paid.id), ref)
  expect(letter.headers['dlq-error-code']).toBe('beyond-horizon')
  await forget(sagaId)
  expect(await restores(admin, letter)).toEqual(['beyond-horizon'])
  expect(await ledger.query('select from saga.sagas where saga_id = $1', [sagaId])).toEqual([])
})

test('rule 21: the letter of an unreadable record whose row is gone is restored, once', async () => {
  const admin = adminOf((await ledger.start()).adminPort)
  const { sagaId, ref } = await unreadablePayment(admin)
  const letter = asRestored(await letterOf(ref.id), ref)
  await ledger.query('delete from saga.waiting where saga_id is null')
  expect(await replays(admin, ref)).toEqual(['unknown'])
  expect(await restores(admin, letter)).toEqual(['unreadable'])
  door.hidden = false
  expect(await restores(admin, letter, letter)).toEqual(['done', 'already'])
  expect(await paidBy(sagaId)).toEqual([{ amount: 5 }])
  expect(partitions).toBe(2)
})
