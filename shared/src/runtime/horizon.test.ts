import { expect, test } from 'vitest'
import { checkTimers, deriveHorizon } from './horizon.ts'

const dayMs = 86_400_000
const topic = (config: Record<string, string>) => ({ partitions: 1, replicationFactor: 1, config })
const horizonOf = (...configs: Record<string, string>[]) =>
  deriveHorizon({ topics: new Map(configs.map((config, i) => [`t${i}`, topic(config)])) })
const days = (n: number) => String(n * dayMs)

test('rule 34: the fence outlives a timer of the longest retention, and what it publishes on the topic that keeps longest', () => {
  expect(
    horizonOf(
      { 'retention.ms': days(7), 'segment.ms': days(7), 'cleanup.policy': 'delete' },
      { 'retention.ms': days(3), 'segment.ms': days(20), 'cleanup.policy': 'delete' },
      { 'cleanup.policy': 'compact' },
    ),
  ).toEqual({ longestTimerMs: 7 * dayMs, horizonMs: (7 + 23 + 1) * dayMs })
})

test('rule 34: a topic that keeps its records for ever, or does not say, has the fence kept for ever', () => {
  for (const config of [{ 'retention.ms': '-1' }, {}])
    expect(horizonOf({ 'retention.ms': days(7) }, config as Record<string, string>)).toEqual({
      longestTimerMs: Number.POSITIVE_INFINITY,
      horizonMs: Number.POSITIVE_INFINITY,
    })
})

test('rule 34: a retention of minutes does not make the fence forget within the day', () => {
  expect(horizonOf({ 'retention.ms': '60000', 'segment.ms': '60000' })).toEqual({
    longestTimerMs: dayMs,
    horizonMs: 3 * dayMs,
  })
})

test('a setting that asks for a longer timer stops the start', () => {
  const shop = { service: 'shop', longestTimerMs: (s: { holdMs: number }) => s.holdMs } as never
  const horizon = horizonOf({ 'retention.ms': days(7) })
  expect(() => checkTimers(shop, { holdMs: 8 * dayMs }, horizon)).toThrow(
    expect.objectContaining({ code: 'timer-beyond-horizon' }),
  )
  expect(() => checkTimers(shop, { holdMs: 7 * dayMs }, horizon)).not.toThrow()
})
