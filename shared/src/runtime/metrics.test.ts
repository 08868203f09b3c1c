import { expect, test } from 'vitest'
import { metricDefinitions, outcomeMeanings, type StepOutcome } from './metric-definitions.ts'
import { createMetrics, type MetricsOptions } from './metrics.ts'

const create = (steps: MetricsOptions['steps'] = []) => createMetrics({ service: 'balance', steps, ofNode: false })
const deduct = { step: 'deduct_balance', direction: 'action', withinMs: undefined } as const

test('a step is counted by step, direction and outcome, with the service', async () => {
  const metrics = create()
  metrics.stepEnded('deduct_balance', 'action', 'succeeded')
  metrics.stepEnded('deduct_balance', 'action', 'succeeded')
  metrics.stepEnded('deduct_balance', 'compensation', 'duplicate')
  const text = await metrics.registry.metrics()
  expect(text).toContain(
    'saga_steps_total{step="deduct_balance",direction="action",outcome="succeeded",service="balance"} 2',
  )
  expect(text).toContain(
    'saga_steps_total{step="deduct_balance",direction="compensation",outcome="duplicate",service="balance"} 1',
  )
})

test('only rejected and dead count as failed, and known steps stand at 0 from the start', async () => {
  const metrics = create([deduct])
  expect(await metrics.registry.metrics()).toContain(
    'saga_failed_total{step="deduct_balance",reason="dead",service="balance"} 0',
  )
  for (const outcome of Object.keys(outcomeMeanings) as StepOutcome[])
    metrics.stepEnded('deduct_balance', 'action', outcome)
  const failed = (await metrics.registry.metrics()).split('\n').filter(line => line.startsWith('saga_failed_total'))
  expect(failed).toEqual([
    'saga_failed_total{step="deduct_balance",reason="rejected",service="balance"} 1',
    'saga_failed_total{step="deduct_balance",reason="dead",service="balance"} 1',
  ])
})

test('durations, batches and retries', async () => {
  const metrics = create()
  metrics.stepTook('deduct_balance', 'action', 0.004)
  metrics.batch('kafka', 300)
  metrics.retried('deduct_balance')
  metrics.turnedAway('overloaded')
  const text = await metrics.registry.metrics()
  expect(text).toContain(
    'saga_step_duration_seconds_bucket{le="0.005",service="balance",step="deduct_balance",direction="action"} 1',
  )
  expect(text).toContain('saga_batch_size_bucket{le="200",service="balance",source="kafka"} 0')
  expect(text).toContain('saga_batch_size_sum{service="balance",source="kafka"} 300')
  expect(text).toContain('saga_turned_away_total{cause="overloaded",service="balance"} 1')
  expect(text).toContain('saga_retries_total{step="deduct_balance",service="balance"} 1')
})

test('what a poll found, and only that', async () => {
  const metrics = create()
  metrics.backlog({
    parked: 3,
    deadLetters: { deduct_balance: 1 },
    outboxRows: 7,
    outboxOldestSeconds: 1.5,
    timerLagSeconds: 2,
  })
  metrics.backlog({ parked: 0 })
  const text = await metrics.registry.metrics()
  for (const line of [
    'saga_parked{service="balance"} 0',
    'saga_dead_letters{step="deduct_balance",service="balance"} 1',
    'saga_outbox_rows{service="balance"} 7',
    'saga_outbox_oldest_seconds{service="balance"} 1.5',
    'saga_timer_lag_seconds{service="balance"} 2',
  ])
    expect(text).toContain(line)
})

test('letters are counted by step: one at 0 from the start, one that has none any more at 0 again', async () => {
  const metrics = create([deduct])
  const letters = async () =>
    (await metrics.registry.metrics()).split('\n').filter(line => line.startsWith('saga_dead_letters{'))
  expect(await letters()).toEqual(['saga_dead_letters{step="deduct_balance",service="balance"} 0'])
  metrics.backlog({ deadLetters: { deduct_balance: 2, '': 3 } })
  metrics.backlog({ parked: 1 })
  expect(await letters()).toEqual([
    'saga_dead_letters{step="deduct_balance",service="balance"} 2',
    'saga_dead_letters{step="",service="balance"} 3',
  ])
  metrics.backlog({ deadLetters: {} })
  expect((await letters()).map(line => line.at(-1))).toEqual(['0', '0'])
})

test('how old a message is, beside what its step promises', async () => {
  const metrics = create([
    { ...deduct, withinMs: 60_000 },
    { ...deduct, direction: 'compensation' },
  ])
  metrics.unfinishedOldest('deduct_balance', 'action', 61.5)
  const text = await metrics.registry.metrics()
  const labels = 'step="deduct_balance",direction="action",service="balance"'
  expect(text).toContain(`saga_unfinished_oldest_seconds{${labels}} 61.5`)
  expect(text).toContain(`saga_within_seconds{${labels}} 60`)
  expect(text).not.toContain('saga_within_seconds{step="deduct_balance",direction="compensation"')
})

test('sagas by how they ended', async () => {
  const metrics = create()
  metrics.sagaSettled('CONFIRMED', 0.3)
  const text = await metrics.registry.metrics()
  expect(text).toContain('saga_duration_seconds_bucket{le="0.25",service="balance",ending="CONFIRMED"} 0')
  expect(text).toContain('saga_duration_seconds_bucket{le="0.5",service="balance",ending="CONFIRMED"} 1')
})

test('a pause is 1 and then 0; the lag of partitions that were given up is gone', async () => {
  const metrics = create()
  metrics.paused('database', true)
  metrics.lag('order.events.v1', 2, 41)
  let text = await metrics.registry.metrics()
  expect(text).toContain('saga_paused{cause="database",service="balance"} 1')
  expect(text).toContain('saga_consumer_lag{topic="order.events.v1",partition="2",service="balance"} 41')
  metrics.paused('database', false)
  metrics.forgetLag()
  text = await metrics.registry.metrics()
  expect(text).toContain('saga_paused{cause="database",service="balance"} 0')
  expect(text).not.toContain('saga_consumer_lag{')
})

test('every definition is printed with its help and type', async () => {
  const text = await create().registry.metrics()
  for (const { name, type, help } of Object.values(metricDefinitions)) {
    expect(text).toContain(`# HELP ${name} ${help}`)
    expect(text).toContain(`# TYPE ${name} ${type}`)
  }
})

test('two participants in one process do not share metrics; node metrics come with the label too', async () => {
  const [one, other] = [createMetrics({ service: 'one' }), createMetrics({ service: 'other' })]
  one.stepEnded('a', 'action', 'succeeded')
  expect(await other.registry.metrics()).not.toContain('step="a"')
  expect(await other.registry.metrics()).toMatch(/nodejs_eventloop_lag_seconds\{service="other"\}/)
})
