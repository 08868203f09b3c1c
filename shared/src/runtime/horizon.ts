import { StartError } from '../errors.ts'
import type { ClusterDescription, TopicDescription } from '../kafka/topics.ts'
import type { Participant } from '../participant.ts'

const dayMs = 86_400_000

export interface Horizon {
  /**
   * How long a fence is kept after its saga was last touched, and an Idempotency-Key after its answer; Infinity when a topic
   * keeps its records for ever.
   */
  readonly horizonMs: number
  readonly longestTimerMs: number
}

/**
 * Rule 34: the fence must be there as long as any message of the saga can still arrive. The last thing that can happen
 * is a timer that was set with the saga's last step; what it publishes can be delivered (or replayed from a letter) until
 * its topic forgets it, and a topic forgets whole segments, by their youngest record. Timers are held to the longest
 * retention; a day is for slow clocks.
 */
export function deriveHorizon({ topics }: Pick<ClusterDescription, 'topics'>): Horizon {
  const kept = [...topics.values()].filter(topic => topic.config['cleanup.policy'] !== 'compact').map(keptFor)
  const longestTimerMs = Math.max(dayMs, ...kept.map(({ retentionMs }) => retentionMs))
  const longestOnTopicMs = Math.max(0, ...kept.map(({ retentionMs, segmentMs }) => retentionMs + segmentMs))
  return { horizonMs: longestTimerMs + Math.max(longestTimerMs, longestOnTopicMs) + dayMs, longestTimerMs }
}

function keptFor({ config }: TopicDescription): { retentionMs: number; segmentMs: number } {
  const retentionMs = Number(config['retention.ms'] ?? -1)
  return {
    retentionMs: retentionMs < 0 ? Number.POSITIVE_INFINITY : retentionMs,
    segmentMs: Number(config['segment.ms'] ?? 7 * dayMs),
  }
}

/** @throws StartError when a setting asks for a timer that others might not remember the saga for */
export function checkTimers(
  { service, longestTimerMs: longestOf }: Participant,
  settings: unknown,
  { longestTimerMs }: Horizon,
): void {
  const asked = longestOf?.(settings) ?? 0
  if (asked > longestTimerMs)
    throw new StartError(
      'timer-beyond-horizon',
      `${service} is set to wait up to ${asked} ms, but its topics keep their records for ${longestTimerMs} ms only: shorten the setting, or raise retention.ms`,
    )
}
