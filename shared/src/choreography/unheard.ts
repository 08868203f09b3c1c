import type { Declared } from './declared.ts'
import { type Finding, finding } from './finding.ts'
import { type Graph, operationOf } from './graph.ts'

/** Events that are published for nobody, though their participant does not call them final. */
export function unreadEvents(graph: Graph, declared: readonly Declared[]): Finding[] {
  const final = new Map(declared.map(each => [each.service, each.final ?? []]))
  const found = graph.reactions.flatMap(reaction =>
    reaction.emits
      .filter(({ kind, type }) => kind === 'event' && !final.get(reaction.service)!.includes(type))
      .filter(emission => graph.hear(reaction, emission).length === 0)
      .map(({ type }) => {
        const { service } = reaction
        const text = `${service} publishes ${type} (${operationOf(reaction)} on ${reaction.on}), and nobody reacts to it: let a participant react to it, or name it in the participant's \`final\``
        return finding('event-unread', reaction, type, text)
      }),
  )
  // Once for each event, though several reactions publish it.
  return found.filter((each, i) => i === found.findIndex(o => o.service === each.service && o.event === each.event))
}

/** Messages that are waited for, and that nobody sends. */
export function unsentMessages({ reactions, beginnings }: Graph): Finding[] {
  return beginnings.flatMap(reaction => {
    const { service, on, kind, topic } = reaction
    if (kind === 'command') return []
    if (kind === 'timer') {
      const text = `${service}: ${operationOf(reaction)} waits for the timer ${on}, which no step of ${service} sets: set it with \`after\` and name it in that step's \`emits\`, or remove the reaction`
      return [finding('timer-unset', reaction, on, text)]
    }
    const elsewhere = reactions.find(r => r.emits.some(e => e.kind === 'event' && e.type === on))
    const hint = elsewhere
      ? `${elsewhere.service} publishes one of that name on ${elsewhere.publishesTo}: react to that event`
      : 'let a participant publish it, start and so declare the one that does, or remove the reaction'
    const text = `${service}: ${operationOf(reaction)} waits for ${on}${topic ? ` on ${topic}` : ''}, which no participant publishes: ${hint}`
    return [finding('event-unpublished', reaction, on, text)]
  })
}
