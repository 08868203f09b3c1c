import { type Random, randomOf } from './random.ts'

/** What is done to a service from outside, at a moment of the plan. */
export interface Fault {
  readonly kind: FaultKind
  readonly service: string
  /** Which of its instances, where one is meant. */
  readonly instance: number
  /** After the first customers came. */
  readonly atMs: number
  readonly lastsMs: number
  /** How many records. */
  readonly amount: number
}

/** From and to, both included, in milliseconds. */
type Range = readonly [number, number]
export const faultKinds = {
  crash: { what: 'the process ends, and another is started', lastsMs: [10, 12_000] },
  'crash-all': { what: 'all processes of the service end', lastsMs: [10, 6_000] },
  pause: { what: 'the process stops for less than the publish window', lastsMs: [100, 4_900] },
  'long-pause': { what: 'the process stops until others have taken over', lastsMs: [5_100, 25_000] },
  rebalance: { what: 'the partitions are shared out anew', lastsMs: [0, 0] },
  'database-away': { what: 'the database takes no transaction', lastsMs: [50, 8_000] },
  'broker-away': { what: 'nothing can be published', lastsMs: [50, 15_000] },
  'offsets-back': { what: 'the group reads again what it has read', lastsMs: [0, 0] },
  copies: { what: 'old events of the service come once more', lastsMs: [0, 0] },
} as const satisfies Record<string, { readonly what: string; readonly lastsMs: Range }>
export type FaultKind = keyof typeof faultKinds

/** How often something goes wrong by itself, per occasion. */
export interface Rates {
  /** A process ends between any two steps of its work. */
  readonly crash: number
  /** A connection to the database breaks under a transaction. */
  readonly connectionLost: number
  /** A handler throws. */
  readonly throws: number
  /** A handler throws what trying again cannot help: its message is dead until an operator replays it. */
  readonly poison: number
  /** The database refuses what a message did, once or twice. */
  readonly refused: number
  /** An outside call ends otherwise than with its answer. */
  readonly callTrouble: number
  /** Something takes seconds instead of milliseconds. */
  readonly slow: number
  /** A request is sent twice. */
  readonly doubled: number
}
export const noTrouble: Rates = {
  ...{ crash: 0, connectionLost: 0, throws: 0, poison: 0, refused: 0, callTrouble: 0, slow: 0, doubled: 0 },
}

/** All that a run is made of besides its seed: what can be taken away from it, one by one. */
export interface Plan {
  readonly seed: number
  readonly customers: readonly number[]
  readonly faults: readonly Fault[]
  readonly rates: Rates
  readonly instances: number
  readonly partitions: number
}

/** The plan of a seed. Seeds differ in what goes wrong, so that each kind of trouble also comes alone. */
export function planOf(seed: number, services: readonly string[], sagas = 12): Plan {
  const random = randomOf(seed, 'plan')
  const kinds = random.shuffled(Object.keys(faultKinds) as FaultKind[]).slice(0, random.int(1, 5))
  const faults = Array.from({ length: random.int(0, 10) }, () => faultOf(random, kinds, services))
  const rate = (most: number) => (random.chance(0.5) ? 0 : most * random.next())
  return {
    ...{ seed, faults, customers: Array.from({ length: sagas }, (_, n) => n) },
    rates: {
      ...{ crash: rate(0.004), connectionLost: rate(0.02), throws: rate(random.pick([0.1, 0.5])), poison: rate(0.02) },
      ...{ refused: rate(0.05), callTrouble: rate(0.3), slow: rate(0.1), doubled: rate(0.2) },
    },
    ...{ instances: random.int(1, 3), partitions: random.pick([1, 2, 3]) },
  }
}

function faultOf(random: Random, kinds: readonly FaultKind[], services: readonly string[]): Fault {
  const kind = random.pick(kinds)
  const [from, to] = faultKinds[kind].lastsMs
  return {
    ...{ kind, service: random.pick(services), instance: random.int(0, 2), amount: random.int(1, 8) },
    ...{ atMs: random.int(0, random.pick([200, 2_000, 30_000])), lastsMs: random.int(from, to) },
  }
}
