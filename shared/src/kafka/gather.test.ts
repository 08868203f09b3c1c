import { expect, test } from 'vitest'
import { gather } from './gather.ts'

const tick = () => new Promise(resolve => setImmediate(resolve))

test('calls of one tick go together, those that come meanwhile go together next, in order', async () => {
  const taken: number[][] = []
  const gates: (() => void)[] = []
  const call = gather<number>(items => {
    taken.push(items)
    return new Promise(resolve => gates.push(resolve))
  })
  const calls = [call(1), call(2), call(3)]
  await tick()
  expect(taken).toEqual([[1, 2, 3]])
  calls.push(call(4))
  await tick()
  calls.push(call(5))
  await tick()
  expect(taken).toEqual([[1, 2, 3]])
  gates[0]!()
  await tick()
  expect(taken).toEqual([
    [1, 2, 3],
    [4, 5],
  ])
  gates[1]!()
  await Promise.all(calls)
})

test('a call settles as the run that took it, and a failed run is not the last', async () => {
  const call = gather<string>(async ([first]) => {
    if (first === 'bad') throw new Error('no')
  })
  const bad = [call('bad'), call('with it')].map(c => c.catch((error: Error) => error.message))
  expect(await Promise.all(bad)).toEqual(['no', 'no'])
  await call('good')
})
