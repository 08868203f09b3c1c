import type { Declared, DeclaredReaction, Emission } from './declared.ts'

/** A reaction with whose it is. */
export interface Reaction extends DeclaredReaction {
  readonly service: string
  /** Where its participant publishes; undefined when it publishes nothing. */
  readonly publishesTo: string | undefined
}
/** Who says what, and who hears it. Reactions are compared by identity. */
export interface Graph {
  readonly reactions: readonly Reaction[]
  /** Those that a reaction's event or timer wakes: a timer only its own participant's. */
  hear(by: Reaction, emission: Emission): readonly Reaction[]
  /** Those that may publish or set what a reaction waits for; none for a command, which comes from outside. */
  wake(reaction: Reaction): readonly Reaction[]
  /** Where sagas begin as far as the declarations tell: commands, and events that no participant publishes. */
  readonly beginnings: readonly Reaction[]
}

/** In the order of the services' names, and within each as it was declared. */
export function graphOf(declared: readonly Declared[]): Graph {
  const reactions = declared
    .toSorted((a, b) => (a.service < b.service ? -1 : 1))
    .flatMap(({ service, topic, reactions }) => reactions.map(each => ({ ...each, service, publishesTo: topic })))
  const hears = (reader: Reaction, by: Reaction, { type, kind }: Emission) => {
    if (reader.kind !== kind || reader.on !== type) return false
    if (kind === 'timer') return reader.service === by.service
    // Two participants may publish events of one name, each on its own topic.
    return reader.topic === undefined || by.publishesTo === undefined || reader.topic === by.publishesTo
  }
  const hear = (by: Reaction, emission: Emission) => reactions.filter(reader => hears(reader, by, emission))
  const wake = (reaction: Reaction) => reactions.filter(by => by.emits.some(emission => hears(reaction, by, emission)))
  return { reactions, hear, wake, beginnings: reactions.filter(reaction => wake(reaction).length === 0) }
}

/** Everything that can come of these, and these themselves. @param follows whether an emission is followed, all unless told */
export function reach(
  graph: Graph,
  from: readonly Reaction[],
  follows: (by: Reaction, emission: Emission) => boolean = () => true,
): ReadonlySet<Reaction> {
  const seen = new Set<Reaction>()
  for (const next = [...from]; next.length > 0; ) {
    const reaction = next.shift()!
    if (seen.has(reaction)) continue
    seen.add(reaction)
    next.push(...reaction.emits.filter(e => follows(reaction, e)).flatMap(e => graph.hear(reaction, e)))
  }
  return seen
}

export const operationOf = ({ step, direction }: Pick<DeclaredReaction, 'step' | 'direction'>) =>
  direction === 'compensation' ? `undo ${step}` : step
