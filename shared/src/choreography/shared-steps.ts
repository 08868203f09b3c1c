import { type Finding, finding } from './finding.ts'
import type { Graph, Reaction } from './graph.ts'

/** Rule 15: a step's name stands for it in event ids, metrics and letters, so it belongs to one participant. */
export function sharedSteps({ reactions }: Graph): Finding[] {
  const firsts = new Map<string, Reaction>()
  return reactions.flatMap(reaction => {
    const { service, step, on } = reaction
    const first = firsts.get(step) ?? reaction
    firsts.set(step, first)
    const isFirstHere = reactions.find(r => r.service === service && r.step === step) === reaction
    if (first.service === service || !isFirstHere) return []
    const text = `${service}: the step ${step} (on ${on}) has the name of a step of ${first.service}: rename one of them, since event ids, metrics and letters are told apart by it (rule 15)`
    return [finding('step-shared', reaction, on, text)]
  })
}
