import { violationText } from '../../core/audit/violation.ts'
import type { Safeguards } from '../../core/safeguards.ts'
import { auditOf } from './audited.ts'
import { type Choice, choicesOf } from './choices.ts'
import { digestOf, isAtRest } from './explored-state.ts'
import { type ExploredWorld, emptyWorld } from './explored-world.ts'
import { follow } from './follow.ts'
import type { Scenario, Wish } from './scenario.ts'
import { askedOf, take } from './take.ts'

/** How far an exploration goes. Within it, everything is tried in every order. */
export interface Bound {
  /** Each is asked once, at any moment or never; one with `after` only when that wish was accepted. */
  readonly wishes: readonly (Wish & { readonly after?: number })[]
  /** So many deliveries that repeat an earlier one, of any event to anybody, at any moment. */
  readonly copies: number
  /** So many processes end between a COMMIT and the publishing of what it tells: a sweeper does that, at any moment. */
  readonly crashes: number
  /** It gives up beyond that. */
  readonly mostStates?: number
  /** For the tests of the safeguards. */
  readonly safeguards?: Partial<Safeguards>
}

export interface Explored {
  /** Different ones: what differs by times and numbers only is one. */
  readonly states: number
  readonly transitions: number
  /** The longest way to a state. */
  readonly depth: number
  readonly ms: number
  /** How sagas can end: of the states in which nothing moves, by what each saga's settling participant says of it. */
  readonly endings: Readonly<Record<string, number>>
  /** The first of each kind, with the way that leads to it. */
  readonly violations: readonly { readonly what: string; readonly way: readonly string[] }[]
  /** False when it gave up: then nothing is proved. */
  readonly isComplete: boolean
}

interface Node {
  readonly world: ExploredWorld
  readonly way: Way | undefined
  readonly depth: number
}
interface Way {
  readonly choice: string
  readonly before: Way | undefined
}

const mostViolations = 10

/**
 * Goes through every state that the sagas of the bound can get into: every order of deliveries that keeps each saga's topics
 * in order, every timer at any moment once it is set, every wish at any moment, repeated deliveries, crashes. States are told apart
 * by a digest, so that each is looked at once. Participants must be without effects: leave those out that call outside.
 */
export async function explore(scenario: Scenario, bound: Bound): Promise<Explored> {
  const { mostStates = 1_000_000 } = bound
  const beganMs = performance.now()
  const first = stocked(await emptyWorld(scenario, bound), scenario)
  const seen = new Set([digestOf(first)])
  const open: Node[] = [{ world: first, way: undefined, depth: 0 }]
  const endings = new Map<string, number>()
  const violations = new Map<string, readonly string[]>()
  let transitions = 0
  let depth = 0
  let isComplete = true
  const violated = (what: string, way: Way | undefined) => {
    if (violations.size < mostViolations && !violations.has(what)) violations.set(what, listed(way))
  }

  for (let node = open.pop(); node; node = open.pop()) {
    depth = Math.max(depth, node.depth)
    if (isAtRest(node.world))
      for (const ending of endingsOf(node.world)) endings.set(ending, (endings.get(ending) ?? 0) + 1)
    for (const text of problemsOf(node.world)) violated(text, node.way)
    for (const choice of choicesOf(node.world)) {
      transitions++
      const way = { choice: describe(choice), before: node.way }
      const { world, problems } = follow(node.world, choice)
      for (const text of problems) violated(text, way)
      const digest = digestOf(world)
      if (seen.has(digest)) continue
      seen.add(digest)
      open.push({ world, way, depth: node.depth + 1 })
    }
    if (seen.size > mostStates) {
      isComplete = false
      break
    }
  }
  return {
    ...{ states: seen.size, transitions, depth, isComplete, ms: performance.now() - beganMs },
    endings: Object.fromEntries([...endings].sort(([a], [b]) => (a < b ? -1 : 1))),
    violations: [...violations].map(([what, way]) => ({ what, way })),
  }
}

/** With what was done before anybody came. */
function stocked(empty: ExploredWorld, { before }: Scenario): ExploredWorld {
  let world = empty
  for (const [nth, wish] of before.entries()) {
    const service = world.services.get(wish.service)
    if (service) world = take(world, service, [askedOf(service, wish, `before-${nth}`)], false).world
  }
  return world
}

const never = '9999-01-01T00:00:00.000Z'

function problemsOf(world: ExploredWorld): string[] {
  const all = [...world.services.values()]
  return auditOf(all, { before: never, atRest: isAtRest(world) }).map(violationText)
}

function* endingsOf({ services }: ExploredWorld): Generator<string> {
  for (const { participant, database } of services.values())
    for (const [table, settles] of Object.entries(participant.audit?.settles ?? {}))
      for (const row of database.rows(table)) yield settles(row).ending
}

function describe(choice: Choice): string {
  switch (choice.kind) {
    case 'deliver':
      return `${choice.service} takes ${choice.event}${choice.crashes ? ', and its process ends before it publishes' : ''}`
    case 'again':
      return `${choice.service} takes ${choice.event} again`
    case 'due':
      return `${choice.service}: ${choice.id} is due${choice.crashes ? ', and its process ends before it publishes' : ''}`
    case 'wish':
      return `somebody asks: ${choice.name}${choice.crashes ? ', and the process ends before it publishes' : ''}`
    case 'sweep':
      return `${choice.service} publishes what was left of ${choice.sagaId}`
  }
}

function listed(way: Way | undefined): string[] {
  const all: string[] = []
  for (let at = way; at; at = at.before) all.unshift(at.choice)
  return all
}
