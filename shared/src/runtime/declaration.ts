import { deadLetterTopic } from '../kafka/topic-specs.ts'
import type { Participant } from '../participant.ts'
import type { ReactionDefinition } from '../reaction.ts'

/** What a participant tells everybody of itself, so that tools can follow sagas without importing its code. */
export interface Declaration {
  readonly service: string
  readonly topic: string | undefined
  readonly letterTopic: string
  /** Where operators reach its admin listener; absent when it has none. */
  readonly adminUrl?: string
  /** Of what it publishes, what nobody need react to. */
  readonly final: readonly string[]
  readonly reactions: readonly DeclaredReaction[]
}
export interface DeclaredReaction {
  readonly on: string
  readonly kind: 'event' | 'timer' | 'command'
  /** Avro full name, for an event. */
  readonly fullName?: string
  readonly topic?: string
  readonly step: string
  readonly direction: 'action' | 'compensation'
  readonly emits: readonly DeclaredEmission[]
  /** Steps of the participant that never take effect in the same saga. */
  readonly excludes?: readonly string[]
  readonly undoneBy: string | undefined
  readonly withinMs: number | undefined
  /** It has a `when`, and may ignore a message of its type without a trace. */
  readonly filtered?: true
}

export interface DeclaredEmission {
  readonly type: string
  readonly kind: 'event' | 'timer'
  /** The step says no by it. */
  readonly rejects?: true
}

export function declarationOf({ service, reactions, final }: Participant, adminUrl?: string): Declaration {
  const topic = reactions.flatMap(r => r.emits).find(e => e.kind === 'event')?.schema.topic
  return {
    service,
    topic,
    letterTopic: deadLetterTopic(service),
    ...(adminUrl !== undefined && { adminUrl }),
    final: final.map(({ type }) => type),
    reactions: reactions.filter(r => r.direction !== 'local').map(declared),
  }
}

function declared(reaction: ReactionDefinition): DeclaredReaction {
  const { trigger, when, step, direction, emits, rejects, excludes, undoneBy, withinMs } = reaction
  return {
    on: trigger.type,
    kind: trigger.kind,
    step,
    direction: direction as 'action' | 'compensation',
    undoneBy,
    withinMs,
    ...(trigger.kind === 'event' && { fullName: trigger.schema.fullName, topic: trigger.schema.topic }),
    ...(when && { filtered: true }),
    ...(excludes.length > 0 && { excludes }),
    emits: emits.map(({ type, kind }) => ({
      type,
      kind,
      ...(rejects.some(e => e.type === type) && { rejects: true }),
    })),
  }
}
