import { type ServiceName, serviceNames } from '../../infra/shop/topics.ts'
import type { ReactionDefinition } from '../../shared/src/reaction.ts'
import { participants } from './participants.ts'

/** Two messages of one saga that can reach a participant in either order. By name, the first in the alphabet first. */
export interface Race {
  readonly service: ServiceName
  readonly pair: readonly [string, string]
}

/** A message as one participant handles it: `inventory OrderPlaced`. */
type Handling = string
const handling = (service: string, type: string): Handling => `${service} ${type}`

/**
 * Every pair that can race, from the declarations alone. Messages cause one another: what a reaction emits, others react
 * to. A comes before B at a participant when B cannot come into being without that participant's having handled A, or
 * when both are on one topic and whatever publishes B comes after whatever publishes A, or when B needs something there
 * that A comes before in this way. All other pairs can race, as far as the declarations say; that an order is never both confirmed and cancelled, for example, they do not.
 */
export function racesOfDeclarations(): Race[] {
  const graph = causes()
  const needs = (b: Handling, a: Handling) => !reachable(graph, a).has(b)
  return serviceNames.flatMap(service => {
    const own = reactionsOf(service).filter(({ trigger }) => !(trigger.kind === 'command' && trigger.opens))
    const comesFirst = (a: ReactionDefinition, b: ReactionDefinition) =>
      [b, ...own.filter(c => needs(at(service, b), at(service, c)))].some(
        c => needs(at(service, c), at(service, a)) || inOrderOnTopic(a, c, needs),
      )
    return own.flatMap((a, i) =>
      own.slice(i + 1).flatMap(b => {
        if (comesFirst(a, b) || comesFirst(b, a)) return []
        return [{ service, pair: [a.trigger.type, b.trigger.type].toSorted() as [string, string] }]
      }),
    )
  })
}
const at = (service: ServiceName, { trigger }: ReactionDefinition) => handling(service, trigger.type)

const reactionsOf = (service: ServiceName): readonly ReactionDefinition[] =>
  participants[service].reactions.filter(reaction => reaction.direction !== 'local')

/** From each handling to those that it can bring about. A command to a saga follows the one that opened it. */
function causes(): ReadonlyMap<Handling, readonly Handling[]> {
  const all = serviceNames.flatMap(service => reactionsOf(service).map(reaction => ({ service, ...reaction })))
  const handledAs = (type: string, by?: string) =>
    all.filter(r => r.trigger.type === type && (!by || r.service === by)).map(r => handling(r.service, type))
  return new Map(
    all.map(({ service, trigger, emits }) => {
      const opens = trigger.kind === 'command' && trigger.opens
      const followers = all.filter(
        r => opens && r.service === service && r.trigger.kind === 'command' && !r.trigger.opens,
      )
      return [
        handling(service, trigger.type),
        [
          ...emits.flatMap(({ kind, type }) => handledAs(type, kind === 'timer' ? service : undefined)),
          ...followers.map(r => handling(service, r.trigger.type)),
        ],
      ]
    }),
  )
}

/** What can still happen, from the opening command on, if this is never handled. */
function reachable(graph: ReadonlyMap<Handling, readonly Handling[]>, without: Handling): Set<Handling> {
  const seen = new Set<Handling>()
  const opening = serviceNames.flatMap(service =>
    reactionsOf(service).flatMap(({ trigger }) =>
      trigger.kind === 'command' && trigger.opens ? [handling(service, trigger.type)] : [],
    ),
  )
  for (const next = [...opening]; next.length > 0; ) {
    const node = next.pop()!
    if (node === without || seen.has(node)) continue
    seen.add(node)
    next.push(...(graph.get(node) ?? []))
  }
  return seen
}

/** Both events of one publisher, where everything that publishes `b` needs that everything that publishes `a` was handled. */
function inOrderOnTopic(
  { trigger: a }: ReactionDefinition,
  { trigger: b }: ReactionDefinition,
  needs: (b: Handling, a: Handling) => boolean,
): boolean {
  if (a.kind !== 'event' || b.kind !== 'event' || a.schema.topic !== b.schema.topic) return false
  const publishers = (type: string) =>
    serviceNames.flatMap(service =>
      reactionsOf(service)
        .filter(reaction => reaction.emits.some(each => each.type === type))
        .map(reaction => handling(service, reaction.trigger.type)),
    )
  return publishers(a.type).every(first => publishers(b.type).every(then => first !== then && needs(then, first)))
}
