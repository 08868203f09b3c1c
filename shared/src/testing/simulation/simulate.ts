import { createHash } from 'node:crypto'
import { violationText } from '../../core/audit/violation.ts'
import { firstSagaIdAt } from '../../core/ids.ts'
import type { Safeguards } from '../../core/safeguards.ts'
import type { Codec } from '../../kafka/codec.ts'
import { auditOf } from './audited.ts'
import { Clock } from './clock.ts'
import { ask, serve } from './customers.ts'
import { inflict } from './inflict.ts'
import { lookAtLetters } from './operator.ts'
import { noTrouble, type Plan } from './plan.ts'
import { randomOf } from './random.ts'
import { simulatedCodecs } from './registry.ts'
import type { Rest, Scenario, Told } from './scenario.ts'
import { SimulatedService } from './service.ts'
import { Topics } from './topics.ts'
import { Watch } from './watch.ts'
import type { World } from './world.ts'

const beginMs = Date.UTC(2026, 0, 1)
/** Customers come, and faults begin, within the first half minute; until then everything may go wrong by itself. */
const troubledMs = 60_000
const operatorEveryMs = 20_000
/** A run that is not at rest by then goes round in a circle. */
const mostAppointments = 500_000
const lookEvery = 200

export interface Simulated extends Rest {
  readonly violations: readonly string[]
  /** Of everything that happened, in its order: the same for the same plan. */
  readonly digest: string
  readonly sagas: number
  /** Different events, and how many records repeat one. */
  readonly events: number
  readonly repeats: number
  /** Messages that died. */
  readonly letters: number
  readonly steps: number
}

export interface SimulateOptions {
  /** For the tests of the safeguards. */
  readonly safeguards?: Partial<Safeguards>
  /** Called with everything that happens: when, to whom, what. */
  readonly tell?: (atMs: number, who: string, what: string) => void
  /** Costs a third of the time. */
  readonly digest?: boolean
}

/** A scenario that can be run: its schemas are known. */
export interface Simulation {
  run(plan: Plan, o?: SimulateOptions): Simulated
}

export async function createSimulation(scenario: Scenario): Promise<Simulation> {
  const codecs = await simulatedCodecs(scenario.participants)
  return { run: (plan, o = {}) => run(scenario, codecs, plan, o) }
}

function run(scenario: Scenario, codecs: ReadonlyMap<string, Codec>, plan: Plan, o: SimulateOptions): Simulated {
  const { participants } = scenario
  const clock = new Clock(beginMs)
  const hash = createHash('sha256')
  const tell =
    o.tell || o.digest
      ? (who: string, what: string) => {
          const atMs = clock.nowMs - beginMs
          if (o.digest) hash.update(`${atMs} ${who} ${what}\n`)
          o.tell?.(atMs, who, what)
        }
      : undefined
  const watch = new Watch(participants)
  const topics = new Topics(record => {
    watch.published(record)
    tell?.(record.topic, String(record.headers.ce_id ?? record.headers['dlq-id']))
    for (const service of services.values())
      if (service.topics.includes(record.topic)) for (const process of service.processes) process.wake()
  })
  const world: World = {
    ...{ clock, topics, watch, tell, random: randomOf(plan.seed, 'schedule') },
    ...{ rates: noTrouble, brokerAwayUntilMs: 0 },
  }
  const services = new Map(
    participants.map(participant => [
      participant.service,
      new SimulatedService({
        ...{ world, participant, scenario, partitions: plan.partitions, safeguards: o.safeguards ?? {} },
        codec: codecs.get(participant.service)!,
      }),
    ]),
  )
  const all = [...services.values()].map(({ participant, database }) => ({ participant, database }))
  for (const service of services.values()) for (let n = 0; n < plan.instances; n++) service.start()

  const told: Told[] = []
  let steps = 0
  const untilNothingMoves = () => {
    while (clock.runNext()) {
      if (++steps % lookEvery === 0) watch.look(all)
      if (steps > mostAppointments) return watch.violated('it did not come to rest')
    }
  }
  for (const [nth, wish] of scenario.before.entries())
    ask(world, services.get(wish.service)!, wish, `before-${nth}`, () => undefined)
  untilNothingMoves()

  world.rates = plan.rates
  const newSagaId = sagaIds(clock)
  for (const nth of plan.customers) {
    const random = randomOf(plan.seed, 'customer', nth)
    clock.after(random.int(0, random.pick([10, 1_000, 30_000])), () =>
      serve({ world, services, told }, nth, scenario.customer({ random, nth, newSagaId })),
    )
  }
  for (const fault of plan.faults) clock.after(fault.atMs, () => inflict(world, services.get(fault.service)!, fault))
  clock.after(troubledMs, () => {
    world.rates = noTrouble
  })
  const operate = () => {
    const isAnythingDead = () =>
      all.some(({ database }) =>
        [...database.sagas.values()].some(({ waiting }) => [...waiting.values()].some(({ kind }) => kind === 'dead')),
      )
    if (isAnythingDead()) for (const service of services.values()) lookAtLetters(world, service)
    if (clock.nowMs < beginMs + 4 * troubledMs) clock.after(operatorEveryMs, operate)
  }
  operate()
  untilNothingMoves()

  const rest: Rest = { told, rows: (service, table) => services.get(service)!.database.rows(table) }
  const before = new Date(clock.nowMs + 1).toISOString()
  const violations = [
    ...watch.violations(),
    ...auditOf(all, { before, atRest: true }).map(violationText),
    ...[...services.values()].flatMap(leftOver),
    ...(scenario.check?.(rest) ?? []),
  ]
  const { events, repeats, letters } = watch
  const sagas = new Set(all.flatMap(({ database }) => [...database.sagas.keys()])).size
  return {
    ...rest,
    violations,
    sagas,
    events,
    repeats,
    letters,
    steps,
    digest: o.digest ? hash.digest('hex').slice(0, 16) : '',
  }
}

/** What must not be there at rest, besides what the audit asks: something dead, and tries that were nobody's fault. */
function leftOver({ name, database, thrown, participant }: SimulatedService): string[] {
  const calls = new Set(participant.reactions.flatMap(r => (r.handler.form === 'effect' ? [r.step] : [])))
  return [...database.sagas].flatMap(([sagaId, { log, waiting }]) => [
    ...[...waiting.values()].map(({ id, kind, errorCode, errorMessage }) =>
      `${name}: ${id} is ${kind} at rest ${errorCode ? `(${errorCode}: ${errorMessage})` : ''}`.trim(),
    ),
    ...[...log].flatMap(([step, { attempts, status }]) => {
      const mine = thrown.get(`${name} ${sagaId} ${step}`) ?? 0
      return attempts > mine + 1 && !calls.has(step.split('/')[0]!)
        ? [`${name}: ${step} of ${sagaId} (${status}) counts ${attempts} tries, but threw ${mine} times`]
        : []
    }),
  ])
}

/** UUIDv7 of the virtual now. */
function sagaIds(clock: Clock): () => string {
  let drawn = 0
  return () => firstSagaIdAt(clock.nowMs).slice(0, -12) + (++drawn).toString(16).padStart(12, '0')
}
