import { expect, test } from 'vitest'
import type { Call } from '../core/decision.ts'
import type { Delivery, Origin } from '../core/delivery.ts'
import { TargetUnreachable } from '../errors.ts'
import type { Pauses } from './pauses.ts'
import { StepCalls } from './step-calls.ts'

/** The calls of a step whose target does what each test says, and how they ended. */
function stepCalls(o: { timeoutMs?: number; longestInLineMs?: number } = {}) {
  const ends: Origin[] = []
  const pauses: boolean[] = []
  let wakes = 0
  let nth = 0
  let ended = Promise.withResolvers<void>()
  const calls = new StepCalls({
    ...{ step: 'charge', types: ['Ordered'], timeout: true, circuit: true },
    longestInLineMs: o.longestInLineMs ?? 60_000,
    pauses: { set: (_cause: string, isPaused: boolean) => void pauses.push(isPaused) } as unknown as Pauses,
    wake: () => wakes++,
    ended(_call, origin) {
      ends.push(origin)
      ended.resolve()
      ended = Promise.withResolvers()
    },
  })
  const callOf = (
    target: () => Promise<unknown>,
    { id = `${nth++}`, ...origin }: Partial<Extract<Origin, { source: 'due' }>> & { id?: string } = {},
  ): Call => {
    const handler = { form: 'effect', timeoutMs: o.timeoutMs ?? 60_000, call: target }
    const reaction = { step: 'charge', direction: 'action', handler } as unknown as Delivery['reaction']
    const delivery = { id, sagaId: 's', reaction, origin: { source: 'due', attempts: 0, dueAtMs: 0, ...origin } }
    return { delivery: delivery as Delivery, request: {}, attempts: 1, dueAtMs: 0, inDoubt: false }
  }
  return {
    ...{ calls, ends, pauses, callOf },
    /** Why no call can begin. */
    held: () => (calls.turns.free === 0 ? calls.turns.hold : undefined),
    wakes: () => wakes,
    async untilEnded(count: number) {
      while (ends.length < count) await ended.promise
      await Promise.all(calls.underWay)
      return ends.map(end => (end.source === 'result' ? (end.result.ok ? 'answered' : 'failed') : end.source))
    },
  }
}
const answers = async () => 1
const isAway = () => Promise.reject(new TargetUnreachable('nobody there'))
const refuses = () => Promise.reject(new Error('500'))
const never = () => new Promise(() => undefined)

test('who finds nobody opens the circuit: what stands in line, and what comes, is given back', async () => {
  const { calls, callOf, untilEnded, pauses, held } = stepCalls()
  const going = Promise.withResolvers<unknown>()
  calls.begin(Array.from({ length: 100 }, () => callOf(() => going.promise)))
  calls.begin([callOf(answers), callOf(answers)])
  going.reject(new TargetUnreachable('nobody there'))
  expect(new Set(await untilEnded(102))).toEqual(new Set(['unbegun']))
  expect(held()).toEqual({ code: 'target-unreachable', message: 'nobody there' })
  calls.begin([callOf(answers)])
  expect((await untilEnded(103)).at(-1)).toBe('unbegun')
  expect(new Set(pauses)).toEqual(new Set([true]))
})

test.each([
  ['answers', answers],
  ['says no', refuses],
] as const)('a target that %s is back', async (_, target) => {
  const { calls, callOf, untilEnded, pauses, wakes, held } = stepCalls()
  calls.begin([callOf(isAway)])
  await untilEnded(1)
  calls.begin([callOf(target, { probe: true })])
  await untilEnded(2)
  expect([held(), pauses.at(-1), wakes()]).toEqual([undefined, false, 1])
})

test('nor is one back that answers nobody: the probe costs its try, the others keep waiting, and another one asks', async () => {
  const { calls, callOf, untilEnded, wakes, held } = stepCalls({ timeoutMs: 20 })
  calls.begin([callOf(isAway)])
  await untilEnded(1)
  calls.begin([callOf(never, { probe: true })])
  expect(await untilEnded(2)).toEqual(['unbegun', 'failed'])
  expect([held()?.code, calls.mayProbe, wakes()]).toEqual(['target-unreachable', false, 0])
  await expect.poll(() => calls.mayProbe, { timeout: 20_000 }).toBe(true)
}, 30_000)

test('who may ask and does not, since others have taken its message, leaves the question to the next', async () => {
  const { calls, callOf, untilEnded, held } = stepCalls()
  calls.begin([callOf(isAway)])
  await untilEnded(1)
  await expect.poll(() => calls.mayProbe, { timeout: 20_000 }).toBe(true)
  // Nothing begins: the transaction found its message gone.
  calls.begin([])
  expect(calls.mayProbe).toBe(true)
  calls.begin([callOf(isAway, { probe: true })])
  await untilEnded(2)
  await expect.poll(() => calls.mayProbe, { timeout: 20_000 }).toBe(true)
  calls.begin([])
  expect(calls.mayProbe).toBe(true)
  calls.begin([callOf(answers, { probe: true })])
  expect((await untilEnded(3)).at(-1)).toBe('answered')
  expect(held()).toBeUndefined()
}, 60_000)

test('a call from before the outage that runs out of time says nothing of the target', async () => {
  const { calls, callOf, untilEnded, held } = stepCalls({ timeoutMs: 50 })
  calls.begin([callOf(never), callOf(isAway)])
  expect(await untilEnded(2)).toEqual(['unbegun', 'failed'])
  expect(held()?.code).toBe('target-unreachable')
})

test('what stands in line when its time is up, or when the process stops, has not begun', async () => {
  const { calls, ends, callOf, untilEnded, held } = stepCalls({ longestInLineMs: 20 })
  const going = Promise.withResolvers<unknown>()
  calls.begin(Array.from({ length: 101 }, () => callOf(() => going.promise)))
  await expect.poll(() => ends.length).toBe(1)
  const stopped = stepCalls()
  stopped.calls.begin(Array.from({ length: 102 }, () => stopped.callOf(() => going.promise)))
  stopped.calls.stop()
  going.resolve(1)
  const answered = Array.from({ length: 100 }, () => 'answered')
  expect(await untilEnded(101)).toEqual(['unbegun', ...answered])
  expect(await stopped.untilEnded(102)).toEqual(['unbegun', 'unbegun', ...answered])
  expect(held()).toBeUndefined()
})

test('a call that leaves a doubt says so: an earlier one was begun, or its client may have tried twice', async () => {
  const { calls, callOf, untilEnded, ends } = stepCalls()
  const refused = () => Promise.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }))
  calls.begin([callOf(isAway, { probe: true })])
  await untilEnded(1)
  calls.begin([callOf(refused, { probe: true })])
  await untilEnded(2)
  calls.begin([{ ...callOf(isAway, { probe: true }), inDoubt: true }])
  await untilEnded(3)
  expect(ends.map(end => end.source === 'unbegun' && end.inDoubt)).toEqual([false, true, true])
})

test('a turn is free when a call has ended, and whoever was turned away is told of the first', async () => {
  const { calls, callOf, untilEnded, wakes, held } = stepCalls()
  expect(calls.turns.free).toBe(100)
  const first = Promise.withResolvers<unknown>()
  const others = Promise.withResolvers<unknown>()
  calls.begin([callOf(() => first.promise), ...Array.from({ length: 99 }, () => callOf(() => others.promise))])
  expect(held()?.code).toBe('no-turn')
  first.resolve(1)
  await expect.poll(wakes).toBe(1)
  expect(calls.turns.free).toBe(1)
  others.resolve(1)
  await untilEnded(100)
  expect([calls.turns.free, wakes()]).toEqual([100, 1])
})

test('an answer to a call from before the outage closes the circuit under a probe, and the next outage is asked about too', async () => {
  const { calls, callOf, untilEnded, held } = stepCalls()
  const old = Promise.withResolvers<unknown>()
  calls.begin([callOf(() => old.promise, { id: 'old' }), callOf(isAway)])
  await expect.poll(held).toBeDefined()
  old.resolve(1)
  await untilEnded(2)
  // Its transaction was at work meanwhile.
  calls.begin([callOf(answers, { probe: true, id: 'probe' })])
  await untilEnded(3)
  calls.begin([callOf(isAway, { id: 'later' })])
  await untilEnded(4)
  expect(held()?.code).toBe('target-unreachable')
  await expect.poll(() => calls.mayProbe, { timeout: 20_000 }).toBe(true)
}, 30_000)

test('a probe that runs out of time when another call was answered leaves calls their turns', async () => {
  const { calls, callOf, untilEnded, held } = stepCalls({ timeoutMs: 200 })
  const old = Promise.withResolvers<unknown>()
  calls.begin([callOf(() => old.promise, { id: 'old' }), callOf(isAway)])
  await expect.poll(held).toBeDefined()
  calls.begin([callOf(never, { probe: true, id: 'probe' })])
  old.resolve(1)
  expect(await untilEnded(3)).toEqual(['unbegun', 'answered', 'failed'])
  calls.begin([callOf(answers, { id: 'next' })])
  expect((await untilEnded(4)).at(-1)).toBe('answered')
  expect(held()).toBeUndefined()
})

test('a message that alone finds nobody is held once, and then pays for it; the others go on', async () => {
  const { calls, ends, callOf, untilEnded, held } = stepCalls()
  const mine = () => callOf(isAway, { id: 'mine' })
  calls.begin([mine()])
  await untilEnded(1)
  calls.begin([callOf(answers, { id: 'other', probe: true })])
  await untilEnded(2)
  calls.begin([mine()])
  await untilEnded(3)
  expect(held()).toBeUndefined()
  expect(ends.map(end => 'error' in end)).toEqual([false, false, true])
  // Nobody has been reached since: for all that is known, the target is away.
  calls.begin([mine()])
  await untilEnded(4)
  expect([held()?.code, 'error' in ends[3]!]).toEqual(['target-unreachable', false])
})
