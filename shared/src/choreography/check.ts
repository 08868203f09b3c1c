import { deadCycles } from './cycles.ts'
import type { Declared } from './declared.ts'
import type { Finding } from './finding.ts'
import { graphOf } from './graph.ts'
import { sharedSteps } from './shared-steps.ts'
import { uncompensatedActions } from './uncompensated.ts'
import { unreadEvents, unsentMessages } from './unheard.ts'

/** What cannot be meant in the declarations of all participants together. It needs nothing else: no code, no broker. */
export function checkChoreography(declared: readonly Declared[]): Finding[] {
  const graph = graphOf(declared)
  return [
    ...unsentMessages(graph),
    ...unreadEvents(graph, declared),
    ...uncompensatedActions(graph),
    ...deadCycles(graph),
    ...sharedSteps(graph),
  ]
}
