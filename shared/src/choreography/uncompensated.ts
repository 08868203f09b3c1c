import type { Emission } from './declared.ts'
import { type Finding, finding } from './finding.ts'
import { type Graph, type Reaction, reach } from './graph.ts'

/**
 * Actions that may have been done when a failure is published, and that nothing which comes of the failure undoes.
 *
 * A failure is an event by which an action rejects, or one that makes a participant compensate (a cancellation, a wish for
 * a refund), where it is published on the way forward: what comes of a failure is not a failure anew. What may have been
 * done by then is what can be reached on the way forward without the failing step, and without those that it excludes.
 * The declarations say what may come of what, and not under which conditions: a compensation whose `when` turns some
 * events away counts as reached.
 */
export function uncompensatedActions(graph: Graph): Finding[] {
  const forward = reach(graph, graph.beginnings, (by, emission) => isForward(graph, by, emission))
  const found = [...forward]
    .filter(({ direction }) => direction === 'action')
    .flatMap(failing =>
      failing.emits
        .filter(emission => isFailure(graph, failing, emission))
        .flatMap(failure => uncompensatedAt(graph, failing, failure)),
    )
  return found.filter((each, i) => i === found.findIndex(o => o.text === each.text))
}

function uncompensatedAt(graph: Graph, failing: Reaction, failure: Emission): Finding[] {
  const excluded = excludedBy(graph, failing)
  const isPossible = (reaction: Reaction) => !excluded.some(other => isSameStep(reaction, other))
  const done = reach(
    graph,
    graph.beginnings.filter(isPossible),
    (by, emission) => isPossible(by) && !isSameStep(by, failing) && isForward(graph, by, emission),
  )
  const undone = [...reach(graph, graph.hear(failing, failure))].filter(r => r.direction === 'compensation')
  return [...done]
    .filter(r => r.direction === 'action' && r.undoneBy !== undefined && isPossible(r) && !isSameStep(r, failing))
    .filter(r => !undone.some(u => u.service === r.service && u.step === r.undoneBy))
    .map(action => {
      const { service, step, undoneBy } = action
      const text = `${service}: ${step} may be done when ${failing.service} publishes ${failure.type} (${failing.step}), and nothing that comes of ${failure.type} undoes it: let a compensation of ${undoneBy} react to ${failure.type} or to an event that follows it; or give ${step} \`undoneBy: 'never'\`, if it may stand; or name the steps that never happen in one saga with ${failing.step} in its \`excludes\``
      return finding('compensation-missing', action, failure.type, text)
    })
}

/** Emitted by an action that does not say no, and heard by nobody as a reason to undo something. */
const isForward = (graph: Graph, by: Reaction, emission: Emission) =>
  by.direction === 'action' && !isFailure(graph, by, emission)

const isFailure = (graph: Graph, by: Reaction, emission: Emission) =>
  emission.rejects === true || graph.hear(by, emission).some(({ direction }) => direction === 'compensation')

/** It goes both ways, whichever of the two says so. */
const excludedBy = ({ reactions }: Graph, { service, step }: Reaction) =>
  reactions.filter(
    other =>
      other.service === service &&
      (other.excludes?.includes(step) ||
        reactions.some(r => r.service === service && r.step === step && r.excludes?.includes(other.step))),
  )

const isSameStep = (a: Reaction, b: Reaction) =>
  a.service === b.service && a.step === b.step && a.direction === b.direction
