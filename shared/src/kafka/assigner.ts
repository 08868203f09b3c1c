import { AssignerProtocol, type PartitionAssigner } from './client.ts'

export interface Member {
  readonly id: string
  /** The partition numbers that it had before this rebalance. */
  readonly owned: readonly number[]
}

/**
 * Shares out partition numbers: at most one more for one member than for another, the same whatever the order of the members,
 * and as many as possible stay where they were.
 */
export function share(numbers: number, members: readonly Member[]): Map<string, number[]> {
  const sorted = members.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const least = Math.floor(numbers / sorted.length)
  let withOneMore = numbers % sorted.length
  const shares = new Map<string, number[]>()
  const taken = new Set<number>()
  for (const { id, owned } of sorted) {
    const most = withOneMore > 0 ? least + 1 : least
    // Two members may claim the same number, one of them from before it was thrown out: the first keeps it.
    const kept = [...new Set(owned)].filter(number => number < numbers && !taken.has(number)).slice(0, most)
    for (const number of kept) taken.add(number)
    if (kept.length > least) withOneMore--
    shares.set(id, kept)
  }
  for (let number = 0; number < numbers; number++) {
    if (taken.has(number)) continue
    const smallest = [...shares.values()].reduce((a, b) => (b.length < a.length ? b : a))
    smallest.push(number)
  }
  return shares
}

/** What this consumer was when it last joined; sent along when it joins again. */
export interface Before {
  /** Null unless the group may still know it under that id. */
  readonly memberId: () => string | null
  /** Its partition numbers. */
  readonly owned: () => readonly number[]
}

/**
 * Partition n of every topic goes to the same member, so that one instance sees all that concerns a saga (protocol, rule 3 and
 * the engine's batches rest on it for speed, not for correctness). A topic with fewer partitions just ends earlier. A topic
 * that a member does not know yet (a rolling deployment) is not given to another member instead: its partitions wait until
 * the last member that does not subscribe to it has left.
 */
export function coPartitioning(before: Before): PartitionAssigner {
  return ({ cluster }) => ({
    // For mend.ts, since the assigner is the one thing of ours that reaches kafkajs' ConsumerGroup.
    ...{ memberId: before.memberId },
    name: 'saga-co-partitioning',
    version: 1,
    protocol({ topics }) {
      const metadata = AssignerProtocol.MemberMetadata.encode({
        version: 1,
        topics,
        userData: Buffer.from(JSON.stringify(before.owned())),
      })
      return { name: this.name, metadata }
    },
    async assign({ members, topics }) {
      const known = members.map(({ memberId, memberMetadata }) => {
        const metadata = AssignerProtocol.MemberMetadata.decode(memberMetadata)
        return { id: memberId, topics: new Set(metadata?.topics ?? []), owned: ownedIn(metadata?.userData) }
      })
      const partitions = new Map(
        topics.map(topic => [topic, cluster.findTopicPartitionMetadata(topic).map(p => p.partitionId)]),
      )
      const shares = share(Math.max(0, ...[...partitions.values()].map(ids => ids.length)), known)
      return known.map(member => {
        const mine = new Set(shares.get(member.id))
        const assignment = Object.fromEntries(
          topics
            .filter(topic => member.topics.has(topic))
            .map(topic => [topic, partitions.get(topic)!.filter(id => mine.has(id))]),
        )
        return {
          memberId: member.id,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version: 1,
            assignment,
            userData: Buffer.alloc(0),
          }),
        }
      })
    },
  })
}

/** Another member's bytes: whatever they are, they only decide who keeps what. */
function ownedIn(userData: Buffer | undefined): number[] {
  try {
    const owned: unknown = JSON.parse(userData?.toString() || '[]')
    return Array.isArray(owned) ? owned.filter(number => Number.isInteger(number) && number >= 0) : []
  } catch {
    return []
  }
}
