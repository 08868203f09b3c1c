import type { Rules } from '../../core/rules.ts'
import type { Safeguards } from '../../core/safeguards.ts'
import type { Codec } from '../../kafka/codec.ts'
import type { Participant } from '../../participant.ts'
import { createRules } from '../../runtime/rules.ts'

const dayMs = 86_400_000

export interface SimulatedSettings {
  readonly partitions: number
  readonly retryMaxAttempts: number
  readonly retryBaseDelayMs: number
  readonly retryMaxDelayMs: number
}

/** The rules by which the kit runs a participant, with defaults of its own settings unless others are given. */
export function simulatedRules(
  participant: Participant<any, any>,
  codec: Codec,
  o: SimulatedSettings,
  settings: object = {},
  safeguards: Partial<Safeguards> = {},
): Rules {
  return createRules({
    ...{ participant, codec, safeguards, own: { ...defaultsOf(participant), ...settings } },
    kit: { ...o, topicPartitions: o.partitions, topicPrefix: '', sagaImages: 'on' },
    horizon: { horizonMs: 15 * dayMs, longestTimerMs: 7 * dayMs },
    maxMessageBytes: 1_000_000,
  })
}

/** As if no variable of the environment were set. */
export function defaultsOf({ settings }: Participant<any, any>): object {
  const values = Object.entries(settings as Participant['settings']).flatMap(([name, { type, default: text }]) =>
    text === undefined ? [] : [[name, type.parse(text)]],
  )
  return Object.fromEntries(values)
}
