import type { Declared, Emission } from './declared.ts'
import { graphOf, operationOf, type Reaction, reach } from './graph.ts'

/**
 * The choreography as a Mermaid flowchart, told from where sagas begin. A box is a step in one direction; an arrow is an event
 * or a timer, dotted when it says no or makes somebody undo something. Final events lead nowhere and are left out.
 */
export function mermaidOf(declared: readonly Declared[]): string {
  const graph = graphOf(declared)
  const told = [...reach(graph, graph.beginnings)]
  // What nothing leads to is shown too: somebody should see it.
  const reactions = [...told, ...graph.reactions.filter(r => !told.includes(r))]
  const lines = [
    ...reactions.flatMap(r => (graph.wake(r).length === 0 ? [beginning(r)] : [])),
    ...reactions.flatMap(r => r.emits.flatMap(e => graph.hear(r, e).map(reader => arrow(r, e, reader)))),
  ]
  const nodes = new Map(reactions.map(r => [idOf(r), node(r)]))
  const undoing = new Set(reactions.filter(r => r.direction === 'compensation').map(idOf))
  return [
    'flowchart LR',
    ...[...nodes.values(), ...new Set(lines)].map(line => `  ${line}`),
    ...(undoing.size > 0 ? ['  classDef undo stroke-dasharray: 4 4', `  class ${[...undoing].join(',')} undo`] : []),
  ].join('\n')
}

const idOf = (reaction: Reaction) => `${reaction.service}.${operationOf(reaction)}`.replaceAll(/[^A-Za-z0-9]/g, '_')
const node = (reaction: Reaction) => `${idOf(reaction)}["${reaction.service}<br/>${operationOf(reaction)}"]`
const beginning = (reaction: Reaction) => `${reaction.on}(["${reaction.on}"]) --> ${idOf(reaction)}`

function arrow(by: Reaction, { type, kind, rejects }: Emission, reader: Reaction): string {
  const turnsBack = rejects || by.direction === 'compensation' || reader.direction === 'compensation'
  return `${idOf(by)} ${turnsBack ? '-.->' : '-->'}|${kind === 'timer' ? 'timer ' : ''}${type}| ${idOf(reader)}`
}
