import { registryOf } from 'saga-kit/parts'
import { expect, test } from 'vitest'
import { createWatchMetrics } from './watch-metrics.ts'

const told = () => {
  const of = registryOf('console', { ofNode: false })
  const metrics = createWatchMetrics(of)
  const lines = async (name: string) => (await of.registry.metrics()).split('\n').filter(line => line.startsWith(name))
  return { metrics, lines }
}
const edge = { service: 'bar', step: 'serve', direction: 'action', message: 'Booked' } as const

test('an edge from several publishers is one series; one that is gone has none', async () => {
  const { metrics, lines } = told()
  metrics.edges('undeclared', [
    { ...edge, seen: 2 },
    { ...edge, seen: 3 },
  ])
  expect(await lines('saga_choreography_undeclared')).toEqual([
    'saga_choreography_undeclared{service="bar",step="serve",direction="action",message="Booked"} 5',
  ])
  metrics.edges('undeclared', [])
  expect(await lines('saga_choreography_undeclared')).toEqual([])
})

test('however many names strangers think of, there are twenty series, of the most frequent', async () => {
  const { metrics, lines } = told()
  metrics.edges(
    'undeclared',
    Array.from({ length: 100 }, (_, n) => ({ ...edge, message: `Invented${n}`, seen: n })),
  )
  const series = await lines('saga_choreography_undeclared')
  expect(series).toHaveLength(20)
  expect(series[0]).toContain('Invented99')
})

test('an invariant has no series before anything was checked, and an audit none before it has ended', async () => {
  const { metrics, lines } = told()
  expect(await lines('saga_observed_violations')).toEqual([])
  expect(await lines('saga_audit')).toEqual([])
  metrics.broken(new Map([['cause-known', 4]]))
  metrics.audited(2, new Date(1_000))
  expect(await lines('saga_observed_violations{invariant="cause-known"')).toEqual([expect.stringMatching(/ 4$/)])
  expect(await lines('saga_observed_violations{invariant="one-content"')).toEqual([expect.stringMatching(/ 0$/)])
  expect((await lines('saga_audit')).map(line => line.split(' ').at(-1))).toEqual(['2', '1'])
})

test('a step that owes nothing any more has no series', async () => {
  const { metrics, lines } = told()
  metrics.overdue([{ service: 'pay', step: 'pay', direction: 'action', sagas: 3, oldestSeconds: 7 }], 1)
  expect(await lines('saga_overdue')).toEqual([
    'saga_overdue{service="pay",step="pay",direction="action"} 3',
    'saga_overdue_oldest_seconds{service="pay",step="pay",direction="action"} 7',
    'saga_overdue_unlooked{service="console"} 1',
  ])
  metrics.overdue([], 0)
  expect(await lines('saga_overdue')).toEqual(['saga_overdue_unlooked{service="console"} 0'])
})
