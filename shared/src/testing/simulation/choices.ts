import { createHash } from 'node:crypto'
import type { Decided } from '../../core/decision.ts'
import type { OutboxRow } from '../../core/outbox-row.ts'
import type { Rules } from '../../core/rules.ts'
import { StartError } from '../../errors.ts'
import type { Codec } from '../../kafka/codec.ts'
import type { FetchedRecord } from '../../kafka/consume.ts'
import type { Participant } from '../../participant.ts'
import { Acknowledged, placeText } from '../../postgres/acknowledged.ts'
import { commandDelivery } from '../../runtime/commands.ts'
import type { Item } from '../../runtime/engine.ts'
import { Intake } from '../../runtime/intake.ts'
import { readDue } from '../../runtime/read-message.ts'
import { readBy } from '../../runtime/rules.ts'
import { SimulatedDatabase } from './database.ts'
import { processItems } from './engine.ts'
import type { Bound } from './explore.ts'
import { simulatedCodecs } from './registry.ts'
import type { Scenario } from './scenario.ts'
import { simulatedRules } from './simulated-rules.ts'
import { toTheEnd } from './steps.ts'

const nowMs = Date.UTC(2026, 0, 1)

/** A participant in one state. What it is made of is shared by all states, but for the database. */
interface ExploredService {
  readonly participant: Participant<any, any>
  readonly rules: Rules
  readonly codec: Codec
  readonly intake: Intake
  readonly topics: readonly string[]
  readonly constraints: ConstructorParameters<typeof SimulatedDatabase>[1]
  readonly database: SimulatedDatabase
}
interface OnTheWay {
  readonly event: string
  readonly record: FetchedRecord
}

/** One state of everything. Never changed: what is chosen in it makes another. */
export interface ExploredWorld {
  readonly bound: Bound
  readonly services: ReadonlyMap<string, ExploredService>
  /** By `<service> <topic> <saga>`: what it has not taken yet, in order. */
  readonly queues: ReadonlyMap<string, readonly OnTheWay[]>
  /** Wishes that were not asked, by their place in the bound, and those that were accepted. */
  readonly wishes: ReadonlySet<number>
  readonly accepted: ReadonlySet<number>
  readonly copies: number
  readonly crashes: number
  /** By `<service> <event>`: what was taken, and may come again. */
  readonly taken: ReadonlyMap<string, OnTheWay>
}

export type Choice = { readonly service: string; readonly crashes: boolean } & (
  | { readonly kind: 'deliver'; readonly queue: string; readonly event: string }
  | { readonly kind: 'again'; readonly event: string }
  | { readonly kind: 'due'; readonly sagaId: string; readonly id: string }
  | { readonly kind: 'wish'; readonly nth: number; readonly name: string }
  | { readonly kind: 'sweep'; readonly sagaId: string }
)

/** @throws StartError effect-not-explored */
export async function worldOf(scenario: Scenario, bound: Bound): Promise<ExploredWorld> {
  const codecs = await simulatedCodecs(scenario.participants)
  const services = scenario.participants.map((participant): [string, ExploredService] => {
    const { service } = participant
    const effect = participant.reactions.find(({ handler }) => handler.form === 'effect')
    if (effect)
      throw new StartError(
        'effect-not-explored',
        `${service}: ${effect.step} calls outside, which an exploration does not; leave the participant out`,
      )
    const codec = codecs.get(service)!
    const tries = { partitions: 1, retryMaxAttempts: 5, retryBaseDelayMs: 0, retryMaxDelayMs: 0 }
    const rules = simulatedRules(participant, codec, tries, scenario.settings?.[service], bound.safeguards)
    const intake = new Intake({ participant, codec, ignored: () => undefined })
    const topics = [...new Set(readBy(participant).map(({ schema }) => schema.topic))]
    const constraints = scenario.constraints?.[service] ?? {}
    const database = new SimulatedDatabase(participant, constraints)
    return [service, { participant, rules, codec, intake, topics, constraints, database }]
  })
  let world: ExploredWorld = {
    ...{ bound, services: new Map(services), queues: new Map(), taken: new Map() },
    ...{ wishes: new Set(bound.wishes.keys()), accepted: new Set(), copies: bound.copies, crashes: bound.crashes },
  }
  for (const [nth, wish] of scenario.before.entries()) {
    const service = world.services.get(wish.service)
    if (service) world = run(world, service, [commandItem(service, wish, `before-${nth}`)], false).world
  }
  return world
}

/** All that can happen next. */
export function choicesOf(world: ExploredWorld): Choice[] {
  const { services, queues, wishes, accepted, bound, taken } = world
  const choices: Choice[] = []
  const add = (choice: Choice) => {
    choices.push(choice)
    if (world.crashes > 0) choices.push({ ...choice, crashes: true })
  }
  for (const [queue, [next]] of queues)
    if (next) add({ kind: 'deliver', service: queue.split(' ', 1)[0]!, queue, event: next.event, crashes: false })
  for (const [service, { database }] of services) {
    for (const [sagaId, { waiting }] of database.sagas)
      for (const { id, dueAtMs } of waiting.values())
        if (dueAtMs !== null) add({ kind: 'due', service, sagaId, id, crashes: false })
    for (const sagaId of new Set([...database.outbox.values()].map(row => row.sagaId)))
      choices.push({ kind: 'sweep', service, sagaId, crashes: false })
  }
  for (const nth of wishes) {
    const { service, command, after } = bound.wishes[nth]!
    if (after === undefined || accepted.has(after))
      add({ kind: 'wish', service, nth, name: `${command.type} ${nth}`, crashes: false })
  }
  if (world.copies > 0)
    for (const [name, { event }] of taken)
      choices.push({ kind: 'again', service: name.split(' ', 1)[0]!, event, crashes: false })
  return choices
}

export interface Followed {
  readonly world: ExploredWorld
  /** What must not come of it. */
  readonly problems: readonly string[]
}

export function follow(world: ExploredWorld, choice: Choice): Followed {
  const service = world.services.get(choice.service)!
  const before = choice.crashes ? { ...world, crashes: world.crashes - 1 } : world
  switch (choice.kind) {
    case 'deliver': {
      const [next, ...behind] = before.queues.get(choice.queue)!
      const queues = new Map(before.queues).set(choice.queue, behind)
      const taken = new Map(before.taken).set(`${choice.service} ${next!.event}`, next!)
      return run({ ...before, queues, taken }, service, service.intake.readKnown([next!.record], 0), choice.crashes)
    }
    case 'again': {
      const { record } = before.taken.get(`${choice.service} ${choice.event}`)!
      return run({ ...before, copies: before.copies - 1 }, service, service.intake.readKnown([record], 0), false)
    }
    case 'due': {
      const row = service.database.sagas.get(choice.sagaId)!.waiting.get(choice.id)!
      const reaction = service.participant.reactions.find(({ trigger }) => trigger.type === row.messageType)!
      const { id, envelope, attempts } = row
      const { message } = readDue(service.codec, reaction, { ...row, sagaId: choice.sagaId })
      const origin = { source: 'due' as const, attempts, dueAtMs: row.dueAtMs! }
      const delivery = { id, sagaId: choice.sagaId, reaction, envelope, message, origin }
      return run(before, service, [{ delivery, takenAtMs: 0 }], choice.crashes, Math.max(nowMs, row.dueAtMs!))
    }
    case 'wish': {
      const wishes = new Set(before.wishes)
      wishes.delete(choice.nth)
      const item = commandItem(service, before.bound.wishes[choice.nth]!, `wish-${choice.nth}`)
      const followed = run({ ...before, wishes }, service, [item], choice.crashes)
      const isAccepted = followed.decided.some(({ outcome }) => outcome === 'accepted')
      if (!isAccepted) return followed
      const accepted = new Set(before.accepted).add(choice.nth)
      return { ...followed, world: { ...followed.world, accepted } }
    }
    case 'sweep': {
      const database = service.database.copyInto(new SimulatedDatabase(service.participant, service.constraints))
      const rows = [...database.outbox.values()]
        .filter(({ sagaId }) => sagaId === choice.sagaId)
        .sort((a, b) => a.seq - b.seq || a.n - b.n)
      for (const row of rows) database.outbox.delete(placeText(row))
      return { world: published(withDatabase(before, service, database), rows), problems: [] }
    }
  }
}

/** One transaction; what it tells is published at once, unless its process ends before. */
function run(
  world: ExploredWorld,
  service: ExploredService,
  items: readonly Item[],
  crashes: boolean,
  atMs = nowMs,
): Followed & { readonly decided: readonly Decided[] } {
  const database = service.database.copyInto(new SimulatedDatabase(service.participant, service.constraints))
  const acknowledged = new Acknowledged()
  const decided: Decided[] = []
  const rows: OutboxRow[] = []
  toTheEnd(
    processItems(
      {
        store: {
          ...{ database, rules: service.rules, acknowledged },
          turns: () => new Map(),
          nowMs: () => atMs,
          random: () => 0,
        },
        committed({ decision, outbox }) {
          decided.push(...decision.decided)
          const sent = outbox.filter(({ deferred }) => !deferred)
          if (crashes) return
          rows.push(...sent)
          for (const row of sent) database.outbox.delete(placeText(row))
        },
        commandFailed: () => undefined,
        actFailed: () => undefined,
      },
      items,
    ),
  )
  const problems = decided.flatMap(each => problemsOf(service, each))
  return { world: published(withDatabase(world, service, database), rows), problems, decided }
}

/** No late effect after a compensation, and nothing fails: nobody here makes it. */
function problemsOf({ participant, database }: ExploredService, { delivery, outcome, code, error }: Decided): string[] {
  const { sagaId, reaction, id } = delivery
  const name = `${participant.service}: ${reaction.step} of ${sagaId} on ${id}`
  if (outcome === 'failed' || outcome === 'dead') return [`${name} is ${outcome} (${code}: ${String(error)})`]
  if (outcome !== 'succeeded' || reaction.direction !== 'action') return []
  const undone = database.sagas.get(sagaId)?.log.get(`${reaction.step}/compensation`)
  return undone ? [`${name} took effect after its compensation`] : []
}

function withDatabase(world: ExploredWorld, service: ExploredService, database: SimulatedDatabase): ExploredWorld {
  return { ...world, services: new Map(world.services).set(service.participant.service, { ...service, database }) }
}

function published(world: ExploredWorld, rows: readonly OutboxRow[]): ExploredWorld {
  if (rows.length === 0) return world
  const queues = new Map(world.queues)
  for (const { topic, partition, key, headers, body, sagaId } of rows)
    for (const [name, { topics, participant }] of world.services) {
      // What nobody reacts to is ignored whenever it comes.
      const isRead = participant.reactions.some(
        ({ trigger }) => trigger.kind === 'event' && trigger.schema.fullName === headers.ce_type,
      )
      if (!topics.includes(topic) || !isRead) continue
      const fetched = { topic, partition, offset: 0n, key, value: body, timestampMs: 0 }
      const record: FetchedRecord = { ...fetched, headers: headers as FetchedRecord['headers'] }
      const queue = `${name} ${topic} ${sagaId}`
      queues.set(queue, [...(queues.get(queue) ?? []), { event: String(headers.ce_id as string), record }])
    }
  return { ...world, queues }
}

function commandItem({ participant }: ExploredService, wish: Scenario['before'][number], key: string): Item {
  const route = `POST /${wish.command.type}`
  const bodyHash = createHash('sha256').update(JSON.stringify(wish.body)).digest()
  const request = { command: wish.command, body: wish.body, route, principal: 'customer', idempotencyKey: key }
  const delivery = commandDelivery(participant, { ...request, bodyHash, traceparent: undefined })
  return { delivery, key: { route, principal: 'customer', key, bodyHash }, takenAtMs: 0 }
}
