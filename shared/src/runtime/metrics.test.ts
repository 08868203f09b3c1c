import { expect, test } from 'vitest'
import { metricDefinitions, outcomeMeanings, type StepOutcome } from './metric-definitions.ts'
import { createMetrics } from './metrics.ts'

const create = (steps: string[] = []) => createMetrics({ service: 'balance', steps, ofNode: false })

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
  const metrics = create(['deduct_balance'])
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
  const text = await metrics.registry.metrics()
  expect(text).toContain(
    'saga_step_duration_seconds_bucket{le="0.005",service="balance",step="deduct_balance",direction="action"} 1',
  )
  expect(text).toContain('saga_batch_size_bucket{le="200",service="balance",source="kafka"} 0')
  expect(text).toContain('saga_batch_size_sum{service="balance",source="kafka"} 300')
  expect(text).toContain('saga_retries_total{step="deduct_balance",service="balance"} 1')
})

test('what a poll found, and only that', async () => {
  const metrics = create()
  metrics.backlog({ parked: 3, deadLetters: 1, outboxRows: 7, outboxOldestSeconds: 1.5, timerLagSeconds: 2 })
  metrics.backlog({ parked: 0 })
  const text = await metrics.registry.metrics()
  for (const line of [
    'saga_parked{service="balance"} 0',
    'saga_dead_letters{service="balance"} 1',
    'saga_outbox_rows{service="balance"} 7',
    'saga_outbox_oldest_seconds{service="balance"} 1.5',
    'saga_timer_lag_seconds{service="balance"} 2',
  ])
    expect(text).toContain(line)
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
