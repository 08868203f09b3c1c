import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coPartitioning, type Member, share } from './assigner.ts'
import { AssignerProtocol } from './client.ts'

const membersOf = (...ids: string[]): Member[] => ids.map(id => ({ id, owned: [] }))

test('shares out every number once, balanced, whatever the order of the members', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 40 }),
      fc.uniqueArray(fc.record({ id: fc.string({ minLength: 1 }), owned: fc.array(fc.integer({ min: 0, max: 50 })) }), {
        selector: m => m.id,
        minLength: 1,
        maxLength: 9,
      }),
      (numbers, members) => {
        const shares = share(numbers, members)
        const sizes = [...shares.values()].map(s => s.length)
        expect([...shares.values()].flat().toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: numbers }, (_, n) => n),
        )
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
        expect(share(numbers, members.toReversed())).toEqual(shares)
      },
    ),
  ))

test('a member that joins takes over only its part; one that leaves gives back only its own', () => {
  const two = share(12, membersOf('a', 'b'))
  const three = share(12, [
    { id: 'a', owned: two.get('a')! },
    { id: 'b', owned: two.get('b')! },
    { id: '0-new', owned: [] },
  ])
  for (const id of ['a', 'b']) expect(two.get(id)).toEqual(expect.arrayContaining(three.get(id)!))
  const again = share(12, [
    { id: 'a', owned: three.get('a')! },
    { id: '0-new', owned: three.get('0-new')! },
  ])
  for (const id of ['a', '0-new']) expect(again.get(id)).toEqual(expect.arrayContaining(three.get(id)!))
})

const counts: Record<string, number> = { orders: 6, stock: 6, narrow: 2 }
const cluster = {
  findTopicPartitionMetadata: (topic: string) =>
    Array.from({ length: counts[topic] ?? 0 }, (_, partitionId) => ({ partitionId })),
}
const assigner = (owned: number[] = []) =>
  coPartitioning({ memberId: () => null, owned: () => owned })({
    cluster: cluster as any,
    groupId: 'g',
    logger: undefined as any,
  })
const joined = (memberId: string, topics: string[], owned: number[] = []) => ({
  memberId,
  memberMetadata: assigner(owned).protocol({ topics }).metadata,
})
async function assign(topics: string[], ...members: ReturnType<typeof joined>[]) {
  const assigned = await assigner().assign({ members, topics })
  return Object.fromEntries(
    assigned.map(a => [a.memberId, AssignerProtocol.MemberAssignment.decode(a.memberAssignment)!.assignment]),
  )
}

test('partition n of every topic goes to the same member, also when topics have unequal partition counts', async () => {
  const topics = ['orders', 'stock', 'narrow']
  expect(await assign(topics, joined('b', topics), joined('a', topics))).toEqual({
    a: { orders: [0, 2, 4], stock: [0, 2, 4], narrow: [0] },
    b: { orders: [1, 3, 5], stock: [1, 3, 5], narrow: [1] },
  })
})

test('what a member had travels with its join', async () =>
  expect(await assign(['orders'], joined('a', ['orders'], [3, 4, 5]), joined('b', ['orders'], [0, 1, 2]))).toEqual({
    a: { orders: [3, 4, 5] },
    b: { orders: [0, 1, 2] },
  }))

test('a member gets no topic that it does not subscribe to', async () =>
  expect(await assign(['orders', 'stock'], joined('a', ['orders']), joined('b', ['orders', 'stock']))).toEqual({
    a: { orders: [0, 2, 4] },
    b: { orders: [1, 3, 5], stock: [1, 3, 5] },
  }))

test('bytes that are no list of numbers are ignored', async () => {
  const metadata = AssignerProtocol.MemberMetadata.encode({
    version: 1,
    topics: ['narrow'],
    userData: Buffer.from('{"x'),
  })
  expect(await assign(['narrow'], { memberId: 'a', memberMetadata: metadata })).toEqual({ a: { narrow: [0, 1] } })
})
