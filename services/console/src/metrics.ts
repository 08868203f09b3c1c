import { registryOf } from 'saga-kit/parts'
import { consoleMetricDefinitions as d } from './metric-definitions.ts'

export type ConsoleMetrics = ReturnType<typeof createConsoleMetrics>

/** The console's metrics, in a registry of their own. */
export function createConsoleMetrics({ ofNode = true } = {}) {
  const { registry, gauge } = registryOf('console', { ofNode })
  const paused = gauge(d.paused)
  for (const cause of ['database', 'kafka', 'registry']) paused.set({ cause }, 0)
  return {
    registry,
    paused: (cause: string, isPaused: boolean) => paused.set({ cause }, isPaused ? 1 : 0),
  }
}
