import { type Finding, finding } from './finding.ts'
import { type Graph, operationOf, type Reaction, reach } from './graph.ts'

/**
 * Circles of reactions that nothing leads out of, or into. The fence lets each step happen once in a saga: a circle does
 * not turn for ever, it ends at its second round, silently, with whoever waits for more waiting for ever.
 */
export function deadCycles(graph: Graph): Finding[] {
  return cyclesIn(graph).flatMap(cycle => {
    const [first] = cycle as [Reaction]
    const isInside = (reaction: Reaction) => cycle.includes(reaction)
    const hasExit = cycle.some(r => r.emits.some(e => !graph.hear(r, e).some(isInside)))
    const hasEntry = cycle.some(r => r.kind === 'command' || graph.wake(r).some(by => !isInside(by)))
    const round = cycle.map(r => `${r.on} -> ${operationOf(r)} of ${r.service}`).join(', ')
    return [
      ...(hasExit
        ? []
        : [
            finding(
              'cycle-without-exit',
              first,
              first.on,
              `${first.service}: ${operationOf(first)} on ${first.on} is in a circle that nothing leads out of (${round}): a step happens once in a saga, so it stops at the second round; let one of these publish something else that ends it, to another participant or as \`final\``,
            ),
          ]),
      ...(hasEntry
        ? []
        : [
            finding(
              'cycle-without-entry',
              first,
              first.on,
              `${first.service}: ${operationOf(first)} on ${first.on} is in a circle that nothing leads into (${round}): each waits for another, and none ever happens; let one of these react to a command or to an event from outside the circle`,
            ),
          ]),
    ]
  })
}

/** Reactions that come of one another, each group once. */
function cyclesIn(graph: Graph): Reaction[][] {
  const after = new Map(
    graph.reactions.map(
      r =>
        [
          r,
          reach(
            graph,
            r.emits.flatMap(e => graph.hear(r, e)),
          ),
        ] as const,
    ),
  )
  const grouped = new Set<Reaction>()
  return graph.reactions.flatMap(reaction => {
    if (grouped.has(reaction) || !after.get(reaction)!.has(reaction)) return []
    const cycle = graph.reactions.filter(r => after.get(reaction)!.has(r) && after.get(r)!.has(reaction))
    for (const each of cycle) grouped.add(each)
    return [cycle]
  })
}
