import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { type LossyProxy, startProxy } from '../../../test/faults/tcp-proxy.ts'
import { partitionOf } from '../kafka/partition.ts'
import { PermanentError, succeed } from '../kit.ts'
import { behaviour, Done, GivenBack, Paid, Undone } from '../testing/participant.fixture.ts'
import {
  type Deployment,
  deploy,
  eventually,
  type Instance,
  partitions,
  sagaIn,
  sent,
} from '../testing/service.fixture.ts'

const maxMessageBytes = 40_000
let ledger: Deployment
let proxy: LossyProxy
beforeAll(async () => {
  ledger = await deploy({ maxMessageBytes, environment: { RETRY_MAX_ATTEMPTS: '2', PUBLISH_WINDOW: '200ms' } })
  const [host = '', port] = inject('brokers')[0]!.split(':')
  proxy = await startProxy({ host, port: Number(port) })
})
afterEach(async () => {
  behaviour.clear()
  proxy.requestOf = () => 'pass'
  await ledger.stopAll()
})
afterAll(async () => {
  await ledger.close()
  await proxy.close()
})

const letters = async (id: string) => (await ledger.records('ledger.dlq')).filter(r => r.headers['dlq-id'] === id)
/** Types, in the order of their first copies: what a busy broker acknowledges too late is sent again. */
async function events(sagaId: string) {
  const ofSaga = (await ledger.records('ledger.events.v1')).filter(r => r.key === sagaId)
  return [...new Map(ofSaga.map(r => [r.headers.ce_id, r.headers.ce_type])).values()]
}
const throughProxy = { redirect: () => ({ host: '127.0.0.1', port: proxy.port }) }

test('rule 18: a letter keeps the message and says why it died, on the partition of its id; a marker closes it there', async () => {
  const service = await ledger.start()
  const sagaId = sagaIn(0)
  behaviour.set(`pay/${sagaId}`, () => {
    throw new Error('no money today')
  })
  const paid = sent(Paid, { sagaId, account: 'ann', amount: 5 }, 'the-payment')
  await ledger.publish(paid)
  const [letter] = await eventually(
    'the letter',
    () => letters(paid.id),
    found => found.length === 1,
  )
  const [original] = (await ledger.records('source.events.v1')).filter(r => r.key === sagaId)
  expect(letter).toMatchObject({ key: sagaId, partition: partitionOf(paid.id, partitions) })
  expect(letter!.value).toEqual(original!.value)
  const [row] = await ledger.query<{ died_at: Date }>('select died_at from saga.waiting where saga_id = $1', [sagaId])
  expect(letter!.headers).toEqual({
    ...original!.headers,
    'kafka_dlt-original-topic': `${ledger.prefix}source.events.v1`,
    'kafka_dlt-original-partition': '0',
    'kafka_dlt-original-offset': String(original!.offset),
    'dlq-id': paid.id,
    'dlq-deaths': '1',
    'dlq-status': 'dead',
    'dlq-service': 'ledger',
    'dlq-step': 'pay',
    'dlq-direction': 'action',
    'dlq-error-code': 'handler-threw',
    'dlq-error-message': 'no money today',
    'dlq-error-stack': expect.stringMatching(/^Error: no money today\n +at .*runHandler/s),
    'dlq-attempts': '2',
    'dlq-first-failed-at': expect.stringMatching(/^\d{4}-.*Z$/),
    'dlq-died-at': row!.died_at.toISOString(),
  })
  expect(await service.metric('saga_failed_total', 'step="pay",reason="dead"')).toBe(1)

  await ledger.publish(sent(Undone, { sagaId, account: 'ann', amount: 5 }))
  const both = await eventually(
    'the marker',
    () => letters(paid.id),
    found => found.length === 2,
  )
  expect(both[1]).toMatchObject({ key: sagaId, partition: both[0]!.partition, value: null })
  expect(both[1]!.headers).toEqual({ 'dlq-id': paid.id, 'dlq-deaths': '1', 'dlq-status': 'closed' })
})

/** A message dies while nothing can leave, and its process with it. Gives its letters once another instance has swept. */
async function diesWithItsProcess(letterInTransaction: boolean) {
  proxy.requestOf = apiKey => (apiKey === 0 || apiKey === 22 ? 'cut' : 'pass')
  const dying = await ledger.start({ safeguards: { letterInTransaction }, ...throughProxy })
  const [dead, later] = [sagaIn(0), sagaIn(0)]
  for (const sagaId of [dead, later])
    behaviour.set(`pay/${sagaId}`, () => {
      throw new PermanentError('never', 'it can never be paid')
    })
  const died = sent(Paid, { sagaId: dead, account: 'ann', amount: 5 })
  await ledger.publish(died)
  await eventually(
    'it is dead',
    () => ledger.query(`select from saga.waiting where kind = 'dead' and saga_id = $1`, [dead]),
    rows => rows.length === 1,
  )
  await dying.stop() // its publisher ends as a killed process's would: with nothing sent
  await ledger.start()
  await ledger.ageOutbox()
  const next = sent(Paid, { sagaId: later, account: 'ann', amount: 5 })
  await ledger.publish(next)
  await eventually(
    'a later letter is there',
    () => letters(next.id),
    found => found.length === 1,
  )
  await eventually(
    'nothing is left to publish',
    () => ledger.query('select from saga.outbox'),
    rows => rows.length === 0,
  )
  return letters(died.id)
}

test('rule 18: the letter of a process that could not publish any more is published by another', async () =>
  expect(await diesWithItsProcess(true)).toHaveLength(1))

test('rule 18, safeguard off: the message is dead, and no letter says so', async () =>
  expect(await diesWithItsProcess(false)).toHaveLength(0))

/** Records that nobody can read, and one behind them that anybody can. */
async function publishUnreadable() {
  const sagaId = sagaIn(1)
  const [good] = (await ledger.records('source.events.v1')).filter(r => r.value !== null)
  const raw = [
    { key: sagaId, value: Buffer.from('not avro at all'), headers: { odd: Buffer.from([0xff, 0x00]) } },
    { key: null, value: good?.value ?? Buffer.from([0, 0, 0, 0, 1]), headers: { ce_id: 'keyless' } },
    { key: sagaIn(0), value: good?.value ?? Buffer.from([0, 0, 0, 0, 1]), headers: { ce_id: 'of-another-saga' } },
    { key: sagaId, value: null, headers: { ce_id: 'empty' } },
    { key: sagaId, value: Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1]), headers: { ce_id: 'unknown-schema' } },
  ].map(record => ({ ...record, partition: 1 }))
  await ledger.publishRaw('source.events.v1', raw)
  const behind = sent(Paid, { sagaId, account: 'eve', amount: 5 })
  await ledger.publish(behind)
  return { sagaId, raw }
}
const unreadable = async () => (await ledger.records('ledger.dlq')).filter(r => r.headers['dlq-step'] === '')

test('rule 21: what nobody can read is a letter with its bytes untouched, parks nobody, and is one letter however often it comes', async () => {
  const service = await ledger.start()
  const { sagaId, raw } = await publishUnreadable()
  await eventually(
    'what is behind them is paid',
    () => events(sagaId),
    found => found.length === 1,
  )
  const found = await eventually('their letters', unreadable, all => all.length >= raw.length)
  const codeOf = new Map(found.map(r => [r.headers.ce_id ?? 'none', r.headers['dlq-error-code']]))
  expect(Object.fromEntries(codeOf)).toMatchObject({
    none: 'undecodable',
    keyless: 'no-key',
    'of-another-saga': 'key-mismatch',
    empty: 'no-value',
    'unknown-schema': 'unknown-schema-id',
  })
  for (const { key, value, headers } of raw) {
    const letter = found.find(r => r.headers.ce_id === (headers as { ce_id?: string }).ce_id)!
    expect({ key: letter.key, value: letter.value }).toEqual({ key, value })
    expect(letter.partition).toBe(partitionOf(letter.headers['dlq-id']!, partitions))
    expect(letter.headers['dlq-id']).toBe(
      `${ledger.prefix}source.events.v1/1/${letter.headers['kafka_dlt-original-offset']}`,
    )
  }
  // Delivered again, as after a rebalance that came before its offsets were committed.
  await service.stop()
  await ledger.rewind()
  const again = await ledger.start()
  await eventually('all came again', () => again.metric('saga_steps_total', 'step="pay",outcome="duplicate"'))
  await eventually(
    'their offsets are committed',
    async () => (await ledger.committedOffsets()).get('source.events.v1/1'),
    offset => (offset ?? 0) > raw.length,
  )
  await eventually(
    'nothing is left to publish',
    () => ledger.query('select from saga.outbox'),
    rows => rows.length === 0,
  )
  expect(await unreadable()).toHaveLength(found.length)
})

test('rule 21, safeguard off: nothing behind it is ever taken', async () => {
  const before = (await ledger.committedOffsets()).get('source.events.v1/1')
  await ledger.start({ safeguards: { unreadableToLetter: false } })
  const { sagaId } = await publishUnreadable()
  const beside = sagaIn(0)
  await ledger.publish(sent(Paid, { sagaId: beside, account: 'eve', amount: 5 }))
  // It comes again and again, with pauses: 600 ms are three of them.
  await new Promise(resolve => setTimeout(resolve, 600))
  expect(await events(sagaId)).toEqual([])
  expect((await ledger.committedOffsets()).get('source.events.v1/1')).toBe(before)
  await ledger.stopAll()
  await ledger.start()
  await eventually(
    'with it, they are',
    () => events(sagaId),
    found => found.length === 1,
  )
})

const tooLarge = (sagaId: string, letters: number) => {
  behaviour.set(`pay/${sagaId}`, () => succeed(Done({ sagaId, account: 'x'.repeat(letters), amount: 1 })))
  return sent(Paid, { sagaId, account: 'ann', amount: 5 })
}
const outboxOf = (sagaId: string) => ledger.query('select from saga.outbox where saga_id = $1', [sagaId])

test('rule 22: an event too large for its topic fails its message before COMMIT, with a letter; one byte less leaves', async () => {
  await ledger.start()
  const [large, larger] = [sagaIn(0), sagaIn(0)]
  // What the check adds for headers and framing is the difference between the two.
  await ledger.publish(tooLarge(large, maxMessageBytes - 900))
  const died = tooLarge(larger, maxMessageBytes)
  await ledger.publish(died)
  await eventually(
    'the large one leaves',
    () => events(large),
    found => found.length === 1,
  )
  const [letter] = await eventually(
    'the larger one is a letter',
    () => letters(died.id),
    found => found.length === 1,
  )
  expect(letter!.headers['dlq-error-code']).toBe('event-too-large')
  expect(await outboxOf(larger)).toEqual([])
})

test('rule 22: the letter of a message as large as its topic takes fits', async () => {
  await ledger.start()
  const sagaId = sagaIn(0)
  behaviour.set(`pay/${sagaId}`, () => {
    throw new PermanentError('never', 'é'.repeat(20_000))
  })
  const died = sent(Paid, { sagaId, account: 'x'.repeat(maxMessageBytes - 400), amount: 5 })
  await ledger.publish(died)
  const [letter] = await eventually(
    'its letter',
    () => letters(died.id),
    found => found.length === 1,
  )
  expect(letter!.value!.length).toBeGreaterThan(maxMessageBytes - 400)
  expect(letter!.headers['dlq-error-message']).toHaveLength(2_000)
  expect(Buffer.byteLength(letter!.headers['dlq-error-stack']!)).toBeGreaterThan(4_000)
  expect(Buffer.byteLength(letter!.headers['dlq-error-stack']!)).toBeLessThanOrEqual(4_096)
})

/** Its topic takes less than it did when the service started. */
async function refusedByBroker(service: Instance, sagaId: string) {
  await ledger.publish(tooLarge(sagaId, 20_000))
  await eventually(
    'the alarm',
    () => service.metric('saga_outbox_refused'),
    value => value === 1,
  )
}

test('rule 22: what the broker refuses after all waits under an alarm, with its saga; the others flow; it leaves when it may', async () => {
  const service = await ledger.start()
  await ledger.setTopicLimit('ledger.events.v1', 10_000)
  const [held, other] = [sagaIn(0), sagaIn(0)]
  behaviour.set(`undo pay/${held}`, () => succeed(GivenBack({ sagaId: held, account: 'ann', amount: 1 })))
  await refusedByBroker(service, held)
  await ledger.publish(sent(Undone, { sagaId: held, account: 'ann', amount: 1 }))
  await ledger.publish(sent(Paid, { sagaId: other, account: 'ann', amount: 5 }))
  await eventually(
    'the other saga flows',
    () => events(other),
    found => found.length === 1,
  )
  await eventually(
    'what follows waits behind it',
    () => outboxOf(held),
    rows => rows.length === 2,
  )
  expect(await events(held)).toEqual([])

  await ledger.setTopicLimit('ledger.events.v1', maxMessageBytes)
  await eventually(
    'both leave, in order',
    () => events(held),
    found => found.length === 2,
  )
  expect(await events(held)).toEqual(['test.Done', 'test.GivenBack'])
  await eventually(
    'the alarm ends',
    () => service.metric('saga_outbox_refused'),
    value => value === 0,
  )
})

test('rule 22, safeguard off: an event that its topic never takes stands in the outbox, and its message counts as done', async () => {
  const service = await ledger.start({ safeguards: { sizeCheck: false } })
  const sagaId = sagaIn(0)
  await ledger.publish(tooLarge(sagaId, maxMessageBytes + 1_000))
  await eventually(
    'the alarm',
    () => service.metric('saga_outbox_refused'),
    value => value === 1,
  )
  expect(await outboxOf(sagaId)).toHaveLength(1)
  expect(await ledger.query('select status from saga.saga_log where saga_id = $1', [sagaId])).toEqual([
    { status: 'succeeded' },
  ])
})
