import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { letter, marker } from '../core/letter.ts'
import type { FetchedRecord } from '../kafka/fetched.ts'
import { openLetters } from './letter-topic.ts'

const death = {
  ...{ letterId: 's1/place/action', deaths: 1, service: 'pay', step: 'pay', direction: 'action' },
  ...{ errorCode: 'handler-threw', errorMessage: 'no', errorStack: 'no\n at x', attempts: 5 },
  ...{ firstFailedAt: '2025-01-31T10:00:00.000Z', diedAt: '2025-01-31T10:00:59.000Z' },
}
const placed = {
  ...{ key: Buffer.from('s1'), body: Buffer.from([0, 0, 0, 0, 7, 1]) },
  headers: { ce_type: 'test.Placed', odd: { base64: '/w==' } },
}
let offset = 0n
const record = ({
  key,
  headers,
  body,
}: {
  key: Buffer | null
  headers: object
  body: Buffer | null
}): FetchedRecord => ({
  ...{ topic: 'pay.dlq', partition: 0, offset: offset++, timestampMs: Date.UTC(2025, 0, 31, 10, 1), key, value: body },
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.base64, 'base64'),
    ]),
  ),
})
const dead = (
  o: Partial<typeof death> = {},
  of: typeof placed | { key: null; body: Buffer; headers: object } = placed,
) => record(letter(of as never, { ...death, ...o }))
const marked = (status: 'closed' | 'replayed' | 'discarded', key: string | null = 's1', id = death.letterId) =>
  record(marker(id, 1, status, key === null ? null : Buffer.from(key)))
async function* each(records: readonly FetchedRecord[]) {
  yield* records
}
const open = (...records: FetchedRecord[]) => openLetters('pay', each(records), () => true)
const idsOf = async (...records: FetchedRecord[]) => (await open(...records)).map(({ id, deaths }) => [id, deaths])

test('a letter on the topic is told as its owner would, with its bytes', async () => {
  const [found] = await open(dead())
  expect(found).toMatchObject({
    ...{ service: 'pay', sagaId: 's1', id: 's1/place/action', deaths: 1, step: 'pay', direction: 'action' },
    ...{ messageType: 'Placed', errorCode: 'handler-threw', errorMessage: 'no', attempts: 5, parkedBehind: null },
    ...{ firstFailedAt: '2025-01-31T10:00:00.000Z', diedAt: death.diedAt },
    ...{ keyBase64: Buffer.from('s1').toString('base64'), bodyBase64: placed.body.toString('base64') },
  })
  expect(found?.headers).toMatchObject({ ce_type: 'test.Placed', odd: { base64: '/w==' }, 'dlq-status': 'dead' })
})

test('a letter of an earlier version does not say when it died: then its record does', async () => {
  const { key, value, headers } = dead()
  const { 'dlq-died-at': _, ...others } = headers
  const [found] = await open({ ...record({ key, headers: {}, body: value }), headers: others })
  expect(found?.diedAt).toBe('2025-01-31T10:01:00.000Z')
})

test.each(['closed', 'replayed', 'discarded'] as const)(
  'a letter that is %s is open no more, until it dies anew',
  async how => {
    expect(await idsOf(dead(), marked(how))).toEqual([])
    expect(await idsOf(dead(), marked(how), dead({ deaths: 2 }))).toEqual([[death.letterId, 2]])
  },
)

test('two sagas may bring one id: the letter of one does not close that of the other', async () => {
  const other = { ...placed, key: Buffer.from('s2') }
  const left = await open(dead(), dead({}, other), marked('replayed', 's1'))
  expect(left.map(l => l.sagaId)).toEqual(['s2'])
})

test('a record that nobody could read has no saga, whatever its key, and is closed by a marker without one', async () => {
  const unreadable = dead({ letterId: 'order.events.v1/0/7', step: '', direction: '' })
  const [found] = await open(unreadable)
  expect(found).toMatchObject({ sagaId: null, step: null, direction: null, id: 'order.events.v1/0/7' })
  expect(await idsOf(unreadable, marked('discarded', null, 'order.events.v1/0/7'))).toEqual([])
})

test('records of others on the topic are no letters', async () =>
  expect(await idsOf(record({ key: null, headers: {}, body: Buffer.from('x') }))).toEqual([]))

test('what is not wanted is left out, also what has died anew since it was', async () => {
  const first = ({ deaths }: { deaths: number }) => deaths === 1
  const wanted = async (...records: FetchedRecord[]) =>
    (await openLetters('pay', each(records), first)).map(({ deaths }) => deaths)
  expect(await wanted(dead())).toEqual([1])
  expect(await wanted(dead(), dead({ deaths: 2 }))).toEqual([])
})

test('no more is held than what is open: letters that were closed are free while the topic is read', async () => {
  const bodies: WeakRef<Buffer>[] = []
  const collect = setFlagsAndCollect()
  async function* many() {
    for (let n = 0; n < 50; n++) {
      const body = Buffer.alloc(1_000, 1)
      bodies.push(new WeakRef(body))
      const id = { letterId: `s1/place/${n}` }
      yield dead(id, { ...placed, body })
      yield marked('closed', 's1', id.letterId)
    }
    // A WeakRef keeps what it names until the task that made it has ended.
    await new Promise(resolve => setImmediate(resolve))
    collect()
    expect(bodies.filter(ref => ref.deref() !== undefined).length).toBeLessThan(3)
  }
  expect(await openLetters('pay', many(), () => true)).toEqual([])
})

function setFlagsAndCollect(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
