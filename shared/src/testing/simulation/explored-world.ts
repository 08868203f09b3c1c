import type { Rules } from '../../core/rules.ts'
import { StartError } from '../../errors.ts'
import type { Codec } from '../../kafka/codec.ts'
import type { FetchedRecord } from '../../kafka/consume.ts'
import type { Participant } from '../../participant.ts'
import { Intake } from '../../runtime/intake.ts'
import { readBy } from '../../runtime/rules.ts'
import { SimulatedDatabase } from './database.ts'
import type { Bound } from './explore.ts'
import { simulatedCodecs } from './registry.ts'
import type { Scenario } from './scenario.ts'
import { simulatedRules } from './simulated-rules.ts'

/** It stands still: when something happened decides nothing. */
export const nowMs = Date.UTC(2026, 0, 1)

/** A participant in one state. What it is made of is shared by all states, but for the database. */
export interface ExploredService {
  readonly participant: Participant<any, any>
  readonly rules: Rules
  readonly codec: Codec
  readonly intake: Intake
  readonly topics: readonly string[]
  readonly constraints: ConstructorParameters<typeof SimulatedDatabase>[1]
  readonly database: SimulatedDatabase
}
export interface OnTheWay {
  readonly event: string
  readonly record: FetchedRecord
}

/** One state of everything. Never changed: what is chosen in it makes another. */
export interface ExploredWorld {
  readonly bound: Bound
  readonly services: ReadonlyMap<string, ExploredService>
  /** By `<service> <topic> <saga>`: what it has not taken yet, in order. */
  readonly queues: ReadonlyMap<string, readonly OnTheWay[]>
  /** Wishes that were not asked, by their place in the bound, and those that were accepted. */
  readonly wishes: ReadonlySet<number>
  readonly accepted: ReadonlySet<number>
  readonly copies: number
  readonly crashes: number
  /** By `<service> <event>`: what was taken, and may come again. */
  readonly taken: ReadonlyMap<string, OnTheWay>
}

/** Before anything has happened. @throws StartError effect-not-explored */
export async function emptyWorld(scenario: Scenario, bound: Bound): Promise<ExploredWorld> {
  const codecs = await simulatedCodecs(scenario.participants)
  const services = scenario.participants.map((participant): [string, ExploredService] => {
    const { service } = participant
    const effect = participant.reactions.find(({ handler }) => handler.form === 'effect')
    if (effect)
      throw new StartError(
        'effect-not-explored',
        `${service}: ${effect.step} calls outside, which an exploration does not; leave the participant out`,
      )
    const codec = codecs.get(service)!
    const tries = { partitions: 1, retryMaxAttempts: 5, retryBaseDelayMs: 0, retryMaxDelayMs: 0 }
    const rules = simulatedRules(participant, codec, tries, scenario.settings?.[service], bound.safeguards)
    const intake = new Intake({ participant, codec, ignored: () => undefined })
    const topics = [...new Set(readBy(participant).map(({ schema }) => schema.topic))]
    const constraints = scenario.constraints?.[service] ?? {}
    const database = new SimulatedDatabase(participant, constraints)
    return [service, { participant, rules, codec, intake, topics, constraints, database }]
  })
  return {
    ...{ bound, services: new Map(services), queues: new Map(), taken: new Map() },
    ...{ wishes: new Set(bound.wishes.keys()), accepted: new Set(), copies: bound.copies, crashes: bound.crashes },
  }
}
