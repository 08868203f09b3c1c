import { createHash } from 'node:crypto'
import { type ServiceName, serviceNames } from '../../infra/shop/topics.ts'
import { randomOf } from '../../shared/src/testing/simulation/random.ts'

/** Each service runs twice. */
export const instanceNames = serviceNames.flatMap(service => [`${service}-a`, `${service}-b`] as const)
export type InstanceName = (typeof instanceNames)[number]
export const serviceOf = (instance: InstanceName) => instance.slice(0, -2) as ServiceName

/** What is done to whom. Times are milliseconds. */
export type Fault = {
  readonly kind: FaultKind
  /** Which fault of its kind it is, from 0. */
  readonly nth: number
  readonly instance: InstanceName
  readonly service: ServiceName
  /** How long it lasts: stopped, away, delayed. */
  readonly lastsMs: number
  /** How many records are delivered again, how long each answer is delayed, or how long before a kill a burst of orders came. */
  readonly amount: number
  /** The pause before the next fault. */
  readonly restMs: number
}

/** From and to, both included. */
type Range = readonly [number, number]
interface KindPlan {
  readonly what: string
  readonly lastsMs: Range
  readonly amount?: Range
}

/** Within which what a burst brings is on its way, somewhere in the shop. */
const ofABurst: Range = [0, 2_000]

/** The settings that the durations below are about. */
export const sessionTimeoutMs = 10_000
export const publishWindowMs = 2_000

export const faultKinds = {
  'service-kill': { what: 'SIGKILL to one instance, started again', lastsMs: [0, 2_000], amount: ofABurst },
  'service-kill-both': {
    what: 'SIGKILL to both instances of a service, started again',
    lastsMs: [0, 2_000],
    amount: ofABurst,
  },
  'service-pause': {
    what: 'SIGSTOP to one instance for longer than PUBLISH_WINDOW',
    lastsMs: [publishWindowMs + 1_500, sessionTimeoutMs - 2_000],
  },
  'service-expiry': {
    what: 'SIGSTOP to one instance for longer than its session',
    lastsMs: [sessionTimeoutMs + 2_000, sessionTimeoutMs + 4_000],
  },
  'instance-leave': { what: 'SIGTERM to one instance, started again', lastsMs: [0, 6_000] },
  'database-kill': { what: 'SIGKILL to PostgreSQL, started again', lastsMs: [0, 1_500], amount: ofABurst },
  'database-pause': { what: 'SIGSTOP to PostgreSQL', lastsMs: [publishWindowMs + 500, 13_000] },
  'broker-kill': { what: 'SIGKILL to the broker, started again', lastsMs: [0, 1_500], amount: ofABurst },
  'broker-pause': { what: 'SIGSTOP to the broker', lastsMs: [publishWindowMs + 500, 13_000] },
  'kafka-cut': { what: "all of one instance's connections to the broker cut", lastsMs: [0, 0] },
  'kafka-delay': {
    what: "the broker's answers to one instance delayed",
    lastsMs: [2_000, 6_000],
    amount: [100, 1_500],
  },
  'kafka-half-open': { what: "one instance's connections to the broker half open", lastsMs: [500, 1_500] },
  'produce-answer-lost': { what: 'the answer to a produce request lost, and its connection', lastsMs: [0, 0] },
  'database-cut': { what: "all of one instance's connections to PostgreSQL cut", lastsMs: [0, 0] },
  'database-delay': {
    what: "PostgreSQL's answers to one instance delayed",
    lastsMs: [2_000, 6_000],
    amount: [20, 300],
  },
  'database-half-open': { what: "one instance's connections to PostgreSQL half open", lastsMs: [500, 1_500] },
  'commit-lost': { what: 'a connection cut before its COMMIT went through', lastsMs: [0, 0] },
  'commit-answer-lost': { what: 'a connection cut before the answer to its COMMIT', lastsMs: [0, 0] },
  copies: { what: 'copies of records that stand on the topics, old and new', lastsMs: [0, 0], amount: [50, 300] },
  'offsets-reset': { what: "a group's offsets set back while nobody is in it", lastsMs: [0, 0], amount: [20, 150] },
} as const satisfies Record<string, KindPlan>
export type FaultKind = keyof typeof faultKinds
export const kindNames = Object.keys(faultKinds) as FaultKind[]

/**
 * The faults of a seed, without end: rounds in which each kind comes once, in an order of the round's own. Only the seed
 * decides, so that the same seed gives the same faults in the same order however fast the machine is.
 */
export function* faultsOf(seed: string): Generator<Fault, never> {
  for (let round = 0; ; round++)
    for (const kind of randomOf(seed, 'round', round).shuffled(kindNames)) yield faultOf(seed, kind, round)
}

/** The nth fault of a kind. */
export function faultOf(seed: string, kind: FaultKind, nth: number): Fault {
  const random = randomOf(seed, 'fault', kind, nth)
  const { lastsMs, amount = [0, 0] }: KindPlan = faultKinds[kind]
  const instance = random.pick(instanceNames)
  return {
    ...{ kind, nth, instance, service: serviceOf(instance) },
    ...{ lastsMs: random.int(...lastsMs), amount: random.int(...amount), restMs: random.int(0, 2_000) },
  }
}

/** Tells two plans apart: of the first thousand faults. */
export function digestOf(seed: string): string {
  const hash = createHash('sha256')
  let count = 0
  for (const fault of faultsOf(seed)) {
    hash.update(JSON.stringify(fault))
    if (++count === 1_000) break
  }
  return hash.digest('hex').slice(0, 16)
}
