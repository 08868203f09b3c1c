import { expect, test } from 'vitest'
import type { ActResult, MessageState } from '../../admin/contract.ts'
import { AdminRefusal, Silence } from '../admin.ts'
import { Interrupted, OwnerAway } from './insist.ts'
import { act, letter, modelOwner, state } from './replay.fixture.ts'
import { type Owner, type ReplayOptions, replayLetter } from './replay-letter.ts'

const ours = letter('s1', 'a')
const run = (owner: Owner, o: Partial<ReplayOptions> = {}, of = ours) =>
  replayLetter(of, {
    ...{ owner, planId: 'p', fromTopic: undefined, patienceMs: 60_000, stopping: new AbortController().signal },
    ...o,
  })

test.each<[string, MessageState[], object]>([
  ['its step ends', [state({ state: 'ended', status: 'succeeded' })], { outcome: 'ended', detail: 'succeeded' }],
  ['a business no is an end too', [state({ state: 'ended', status: 'rejected' })], { outcome: 'ended' }],
  ['it leaves no row', [state({ state: 'unknown' })], { outcome: 'ended' }],
  ['it sets its timer anew', [state({ state: 'timer' })], { outcome: 'ended' }],
  [
    'it takes its time',
    [state({ state: 'retry', errorCode: 'old' }), state({ state: 'calling', attempts: 1 }), state({ state: 'ended' })],
    { outcome: 'ended' },
  ],
  [
    'it dies again',
    [state({ state: 'dead', deaths: 2, errorCode: 'x', errorMessage: 'no' })],
    { outcome: 'failed', how: 'died-again', detail: 'x: no' },
  ],
  [
    'it fails and is tried again',
    [state({ state: 'retry' }), state({ state: 'retry', attempts: 1, errorCode: 'x', errorMessage: 'no' })],
    { outcome: 'failed', how: 'retrying', detail: 'x: no' },
  ],
])('%s', async (_, states, outcome) => {
  const owner = modelOwner((_id, asked) => states[Math.min(asked, states.length) - 1]!)
  expect(await run(owner)).toMatchObject(outcome)
})

test('what stands for too long is not waited for', async () => {
  const owner = modelOwner(() => state({ state: 'parked' }))
  expect(await run(owner, { patienceMs: 1 })).toMatchObject({
    ...{ outcome: 'failed', how: 'not-in-time', detail: 'after 0 s it still stands as parked' },
  })
})

test.each<[ActResult['result'], object]>([
  ['already', { outcome: 'ended' }],
  ['changed', { outcome: 'failed', how: 'changed', detail: 'so' }],
  ['unknown', { outcome: 'failed', how: 'unknown', detail: expect.stringContaining('--from-topic') }],
  ['unreadable', { outcome: 'failed', how: 'unreadable', detail: 'so' }],
  ['beyond-horizon', { outcome: 'failed', how: 'beyond-horizon', detail: 'so' }],
])('its owner says %s', async (result, outcome) => {
  const owner = { ...modelOwner(), replay: async () => [{ ...ours, result, detail: 'so' }] }
  expect(await run(owner)).toMatchObject(outcome)
})

test("an answer that is no result is the failure of its letter; a refusal of whoever asks is everybody's", async () => {
  const refusing = (status: number) => ({
    ...modelOwner(),
    replay: () => Promise.reject(new AdminRefusal('refuses at http://pay', status)),
  })
  for (const status of [200, 404, 500])
    expect(await run(refusing(status))).toEqual({
      ...{ outcome: 'failed', how: 'refused', detail: 'pay refuses at http://pay' },
    })
  for (const status of [401, 403]) await expect(run(refusing(status))).rejects.toBeInstanceOf(AdminRefusal)
})

test('what its owner does not know is restored from its letter', async () => {
  const owner = modelOwner()
  owner.unknown.add('a')
  const fromTopic = { ...ours, keyBase64: 'czE=', headers: { 'dlq-id': 'a' }, bodyBase64: null } as never
  expect(await run(owner, { fromTopic })).toMatchObject({ outcome: 'ended' })
  expect(owner.taken).toEqual(['a'])
})

test('a record that nobody could read is not followed: it goes on under another id', async () => {
  const owner = modelOwner(() => state({ state: 'dead', deaths: 9 }))
  expect(await run(owner, {}, letter(null, 't/0/1'))).toMatchObject({ outcome: 'ended' })
})

test('an owner that does not answer is asked again, and what it had done meanwhile is done once', async () => {
  const owner = modelOwner()
  owner.silentFor = 1
  expect(await run(owner)).toEqual({ outcome: 'ended', how: null, detail: 'ended' })
  expect(owner.taken).toEqual(['a'])
})

test('what somebody else had replayed or discarded before is not counted as ours, and says whose it is', async () => {
  const replayed = modelOwner(() => state({ state: 'ended', status: 'succeeded' }))
  await run(replayed, { planId: 'another' })
  expect(await run(replayed)).toEqual({
    ...{ outcome: 'ended', how: 'already' },
    detail: 'replay by bob at 2025-01-31T11:00:00.000Z, plan another: succeeded',
  })
  const discarded = modelOwner(() => state({ state: 'ended', status: 'discarded' }))
  discarded.taken.push('a')
  // That of an earlier death was ours.
  discarded.acts.push(act({ ...ours, deaths: 0 }, { plan: 'p' }), act(ours, { act: 'discard' }))
  expect(await run(discarded)).toEqual({
    ...{ outcome: 'ended', how: 'already', detail: 'discard by bob at 2025-01-31T11:00:00.000Z: discarded' },
  })
})

test('a message that somebody else replayed, and that ended without a row of its own, is not unknown', async () => {
  const owner = modelOwner()
  owner.unknown.add('a')
  owner.acts.push(act(ours))
  expect(await run(owner)).toMatchObject({ outcome: 'ended', how: 'already' })
})

test('what somebody else replayed and what then died again has died again', async () => {
  const owner = modelOwner(() => state({ state: 'dead', deaths: 2 }))
  owner.taken.push('a')
  owner.acts.push(act(ours))
  expect(await run(owner)).toMatchObject({ outcome: 'failed', how: 'died-again' })
})

test('an owner that is away for too long ends the run, and so does one that refuses us', async () => {
  const owner = modelOwner()
  owner.silentFor = 1_000
  await expect(run(owner, { patienceMs: 100 })).rejects.toThrow(OwnerAway)
  const refusing = { ...owner, replay: () => Promise.reject(new AdminRefusal('refuses us', 401)) }
  await expect(run(refusing)).rejects.toThrow('refuses us')
})

test('Ctrl-C does not wait for an owner that is away', async () => {
  const stopping = new AbortController()
  const owner = {
    ...modelOwner(),
    replay: async () => {
      stopping.abort()
      throw new Silence('does not answer')
    },
  }
  await expect(run(owner, { stopping: stopping.signal })).rejects.toThrow(Interrupted)
})
