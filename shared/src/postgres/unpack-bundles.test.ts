import { expect, test } from 'vitest'
import { newSagaId } from '../testing/engine.fixture.ts'
import { portionsOf } from './unpack-bundles.ts'

const bundle = (seq: number, ...bytes: number[]) => ({
  ...{ seq, n: 0 },
  rows: bytes.map((length, n) => ({
    ...{ seq, n, sagaId: newSagaId(), topic: 't', partition: 0, key: null, headers: {}, body: Buffer.alloc(length) },
  })),
})

test('a statement carries as many bundles as fit, in their order, and one that is larger by itself', () => {
  const bundles = [bundle(1, 1_000), bundle(2, 1_000), bundle(3, 9_000, 9_000), bundle(4, 1_000)]
  const portions = [...portionsOf(bundles, 10_000)].map(portion => portion.map(({ seq }) => seq))
  expect(portions).toEqual([[1, 2], [3], [4]])
  expect([...portionsOf([], 10_000)]).toEqual([])
})
