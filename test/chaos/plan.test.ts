import { expect, test } from 'vitest'
import { randomOf } from '../../shared/src/testing/simulation/random.ts'
import { visitKinds, visitOf } from './load/visits.ts'
import { digestOf, type Fault, faultKinds, faultOf, faultsOf, kindNames } from './plan.ts'

function firstFaults(seed: string, count: number): Fault[] {
  const plan = faultsOf(seed)
  return Array.from({ length: count }, () => plan.next().value)
}

test('the same seed gives the same faults and the same visits, another seed others', () => {
  expect(firstFaults('7', 500)).toEqual(firstFaults('7', 500))
  expect(firstFaults('7', 20)).not.toEqual(firstFaults('8', 20))
  expect(digestOf('7')).toBe(digestOf('7'))
  expect(digestOf('7')).not.toBe(digestOf('8'))
  const visits = (seed: string) => Array.from({ length: 500 }, (_, n) => visitOf(seed, n))
  expect(visits('7')).toEqual(visits('7'))
  expect(visits('7')).not.toEqual(visits('8'))
})

test('a fault does not depend on how many were drawn before it', () => {
  const all = firstFaults('7', 40 * kindNames.length)
  for (const fault of all) expect(faultOf('7', fault.kind, fault.nth)).toEqual(fault)
  expect(visitOf('7', 300)).toEqual(visitOf('7', 300))
})

test('each kind comes once in each round, so that none is left behind', () => {
  const rounds = firstFaults('7', 20 * kindNames.length)
  for (const kind of kindNames) expect(rounds.filter(fault => fault.kind === kind)).toHaveLength(20)
  for (const { kind, lastsMs, amount } of rounds) {
    const plan: { lastsMs: readonly [number, number]; amount?: readonly [number, number] } = faultKinds[kind]
    const [least, most] = plan.lastsMs
    expect(lastsMs).toBeGreaterThanOrEqual(least)
    expect(lastsMs).toBeLessThanOrEqual(most)
    const [fewest, mostOfAll] = plan.amount ?? [0, 0]
    expect(amount).toBeGreaterThanOrEqual(fewest)
    expect(amount).toBeLessThanOrEqual(mostOfAll)
  }
})

test('visits of all kinds come', () => {
  const kinds = new Set(Array.from({ length: 500 }, (_, n) => visitOf('7', n).kind))
  expect([...kinds].sort()).toEqual([...visitKinds].sort())
})

test('draws are spread over their range', () => {
  const random = randomOf('spread')
  const counts = new Map<number, number>()
  for (let n = 0; n < 6_000; n++) {
    const face = random.int(1, 6)
    counts.set(face, (counts.get(face) ?? 0) + 1)
  }
  expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6])
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(200)
  expect(random.shuffled([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4])
})
