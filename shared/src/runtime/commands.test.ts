import { afterEach, expect, test, vi } from 'vitest'
import { ledger, TopUp } from '../testing/participant.fixture.ts'
import { Commands } from './commands.ts'

const maxBatch = 3
afterEach(() => void vi.useRealTimers())

/** An engine that takes one transaction's worth and does not end: the rest waits behind it. */
async function behindAStandstill(waiting: number) {
  vi.useFakeTimers({ toFake: ['performance'] })
  const process = vi.fn<() => Promise<void>>(() => new Promise(() => {}))
  const commands = new Commands({
    ...{ participant: ledger, maxBatch, outboxFull: () => false },
    engine: () => ({ process }) as never,
  })
  const submit = (key: number) =>
    commands.submit({
      ...{ command: TopUp, body: { account: 'ann', amount: 1 }, route: 'POST /TopUp', principal: 'ann' },
      ...{ idempotencyKey: String(key), bodyHash: Buffer.alloc(0), traceparent: undefined },
    })
  for (let n = 0; n < maxBatch; n++) void submit(n)
  await vi.waitFor(() => expect(process).toHaveBeenCalledOnce())
  for (let n = 0; n < waiting; n++) void submit(maxBatch + n)
  return { commands, isTurnedAway: () => commands.turnsAway(TopUp)?.code === 'overloaded' }
}

test('rule 33: when a transaction’s worth has waited for longer than a second, whoever comes is turned away', async () => {
  const { isTurnedAway } = await behindAStandstill(maxBatch)
  vi.advanceTimersByTime(1_000)
  expect(isTurnedAway()).toBe(false)
  vi.advanceTimersByTime(1)
  expect(isTurnedAway()).toBe(true)
})

test('rule 33: fewer than that may wait for as long as they must', async () => {
  const { isTurnedAway } = await behindAStandstill(maxBatch - 1)
  vi.advanceTimersByTime(60_000)
  expect(isTurnedAway()).toBe(false)
})

test('rule 33: more than ten transactions’ worth never wait', async () => {
  const { isTurnedAway } = await behindAStandstill(10 * maxBatch - 1)
  expect(isTurnedAway()).toBe(false)
  const more = await behindAStandstill(10 * maxBatch)
  expect(more.isTurnedAway()).toBe(true)
})
