import type { Pool } from 'pg'
import type { Participant } from '../participant.ts'
import { oldestUnfinished } from '../postgres/oldest-unfinished.ts'
import type { StepDirection } from './metric-definitions.ts'
import type { Metrics } from './metrics.ts'
import { periodically } from './periodically.ts'

/** What is stuck is so for minutes; what waits behind many dead letters takes a look at each. */
const everyMs = 5_000

/** How long the oldest message of each step has been waiting for its end. */
export function watchUnfinished(o: {
  readonly participant: Participant
  readonly pool: Pool
  readonly metrics: Metrics
  readonly trouble: (error: unknown) => void
}): { stop(): Promise<void> } {
  const reactions = o.participant.reactions.filter(({ trigger }) => trigger.kind !== 'command')
  const types = reactions.map(({ trigger }) => trigger.type)
  return periodically(everyMs, async () => {
    try {
      const seconds = await oldestUnfinished(o.pool, types)
      // A step may answer to several types.
      const oldest = new Map<string, { step: string; direction: StepDirection; seconds: number }>()
      for (const { step, direction, trigger } of reactions) {
        const key = `${step}/${direction}`
        const before = oldest.get(key)?.seconds ?? 0
        oldest.set(key, { step, direction, seconds: Math.max(before, seconds.get(trigger.type) ?? 0) })
      }
      for (const { step, direction, seconds } of oldest.values()) o.metrics.unfinishedOldest(step, direction, seconds)
    } catch (error) {
      o.trouble(error)
    }
  })
}
