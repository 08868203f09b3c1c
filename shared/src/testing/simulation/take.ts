import { createHash } from 'node:crypto'
import type { Decided } from '../../core/decision.ts'
import type { OutboxRow } from '../../core/outbox-row.ts'
import type { FetchedRecord } from '../../kafka/consume.ts'
import { Acknowledged, placeText } from '../../postgres/acknowledged.ts'
import { commandDelivery } from '../../runtime/commands.ts'
import type { Item } from '../../runtime/engine.ts'
import { SimulatedDatabase } from './database.ts'
import { processItems } from './engine.ts'
import { type ExploredService, type ExploredWorld, nowMs } from './explored-world.ts'
import type { Wish } from './scenario.ts'
import { toTheEnd } from './steps.ts'

export interface Followed {
  readonly world: ExploredWorld
  /** What must not come of it. */
  readonly problems: readonly string[]
}

/** One transaction; what it tells is published at once, unless its process ends before. */
export function take(
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

export function withDatabase(
  world: ExploredWorld,
  service: ExploredService,
  database: SimulatedDatabase,
): ExploredWorld {
  return { ...world, services: new Map(world.services).set(service.participant.service, { ...service, database }) }
}

export function published(world: ExploredWorld, rows: readonly OutboxRow[]): ExploredWorld {
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

/** A wish as the engine takes it. */
export function askedOf({ participant }: ExploredService, wish: Wish, key: string): Item {
  const route = `POST /${wish.command.type}`
  const bodyHash = createHash('sha256').update(JSON.stringify(wish.body)).digest()
  const request = { command: wish.command, body: wish.body, route, principal: 'customer', idempotencyKey: key }
  const delivery = commandDelivery(participant, { ...request, bodyHash, traceparent: undefined })
  return { delivery, key: { route, principal: 'customer', key, bodyHash }, takenAtMs: 0 }
}
