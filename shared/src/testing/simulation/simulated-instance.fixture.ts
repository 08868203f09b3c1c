/** Engines on a simulated database, with the face of those on a real one (`engine.fixture.ts`). */
import { randomUUID } from 'node:crypto'
import type { Act, Acted } from '../../core/act.ts'
import type { Decided } from '../../core/decision.ts'
import { type Image, imagesInFull, storedImages } from '../../core/images.ts'
import type { Safeguards } from '../../core/safeguards.ts'
import type { Saga } from '../../core/saga.ts'
import type { Row } from '../../core/views.ts'
import type { CommandResponse } from '../../http/commands.ts'
import type { Participant } from '../../participant.ts'
import { Acknowledged } from '../../postgres/acknowledged.ts'
import type { StoredRow } from '../../postgres/save-outbox.ts'
import { commandDelivery } from '../../runtime/commands.ts'
import type { Item } from '../../runtime/engine.ts'
import { responsesOf } from '../../runtime/responses.ts'
import type { Instance } from '../engine.fixture.ts'
import { SimulatedDatabase } from './database.ts'
import { processItems } from './engine.ts'
import { simulatedCodecs } from './registry.ts'
import { simulatedRules } from './simulated-rules.ts'
import type { Steps } from './steps.ts'

/** What the contract asks of an instance, whatever its store. */
export type ContractInstance = Pick<
  Instance,
  'deliver' | 'runDue' | 'act' | 'bury' | 'command' | 'acknowledged' | 'published'
>
/** A participant's database, whatever holds it. */
export interface ContractStore {
  readonly name: string
  instance(safeguards?: Partial<Safeguards>): Promise<ContractInstance>
  /** All that waits for its time can run now. */
  makeDue(): Promise<void>
  saga(sagaId: string): Promise<Saga>
  /** What the steps of a saga keep of its own rows, by operation. */
  images(sagaId: string): Promise<ReturnType<typeof imagesByOperation>>
  outbox(): Promise<readonly StoredRow[]>
  rows(table: string): Promise<readonly Row[]>
  close(): Promise<void>
}

/** Without their place, which is another one in each store. */
export function imagesByOperation(steps: readonly { readonly operation: string; readonly images: readonly Image[] }[]) {
  return Object.fromEntries(
    imagesInFull(steps).map(({ operation, images }) => [
      operation,
      images.map(({ table, before, after }) => ({ table, before, after })),
    ]),
  )
}

export async function simulatedStore(participant: Participant<any, any>): Promise<ContractStore> {
  const database = new SimulatedDatabase(participant)
  const codec = (await simulatedCodecs([participant])).get(participant.service)!
  const together = createTurns()
  let nowMs = Date.now()
  return {
    name: 'simulated',
    makeDue: async () => {
      nowMs += 3_600_000
    },
    saga: async id => database.saga(id, 'known'),
    images: async id => {
      const log = [...(database.sagas.get(id)?.log.values() ?? [])]
      return imagesByOperation(
        log.map(({ step, direction, images = [] }) => ({
          operation: direction === 'action' ? step : `undo ${step}`,
          images: storedImages(images),
        })),
      )
    },
    outbox: async () => [...database.outbox.values()],
    rows: async table => database.rows(table),
    close: async () => undefined,
    async instance(safeguards = {}) {
      const settings = { partitions: 4, retryMaxAttempts: 3, retryBaseDelayMs: 1, retryMaxDelayMs: 1 }
      const rules = simulatedRules(participant, codec, settings, {}, safeguards)
      const acknowledged = new Acknowledged()
      const decided: Decided[] = []
      const acted: Acted[] = []
      const published: StoredRow[] = []
      const responses = new Map<unknown, CommandResponse>()
      const process = (items: readonly Item[]) =>
        together(
          processItems(
            {
              store: {
                ...{ database, rules, acknowledged },
                turns: () => new Map(),
                nowMs: () => nowMs,
                random: () => 0.5,
              },
              committed(committed) {
                decided.push(...committed.decision.decided)
                acted.push(...committed.decision.acted)
                published.push(...committed.outbox.filter(row => !row.deferred))
                for (const [delivery, response] of responsesOf(committed)) responses.set(delivery, response)
              },
              commandFailed: (delivery, end) => void responses.set(delivery, failedBy(end)),
              actFailed: () => undefined,
            },
            items,
          ),
        )
      const deliver: ContractInstance['deliver'] = async (...deliveries) => {
        const before = decided.length
        await process(deliveries.map(delivery => ({ delivery, takenAtMs: 0 })))
        return decided.slice(before).filter(d => deliveries.includes(d.delivery))
      }
      return {
        ...{ acknowledged, published, deliver },
        runDue: () =>
          deliver(
            // As if all had become due at one moment, as on the real one.
            ...database
              .due(nowMs)
              .sort((a, b) => a.seq - b.seq || a.n - b.n)
              .map(({ id, sagaId, messageType, envelope, attempts, dueAtMs }) => ({
                ...{ id, sagaId, envelope },
                reaction: participant.reactions.find(r => r.trigger.type === messageType)!,
                message: { ...JSON.parse(envelope.body!.toString()), sagaId, type: messageType, kind: 'event' },
                origin: { source: 'due' as const, attempts, dueAtMs: dueAtMs! },
              })),
          ),
        async act(...acts: Act[]) {
          await process(acts.map(act => ({ act })))
          return acted.filter(({ act }) => acts.includes(act))
        },
        bury: (...records) => process(records.map(undeliverable => ({ undeliverable }))),
        async command(command, body, { key = randomUUID(), bodyHash = JSON.stringify(body) } = {}) {
          const request = {
            ...{ command, body, route: `POST /${command.type}`, principal: 'anonymous', idempotencyKey: key },
            ...{ bodyHash: Buffer.from(bodyHash), traceparent: undefined },
          }
          const delivery = commandDelivery(participant, request)
          const { route, principal } = request
          await process([{ delivery, key: { route, principal, key, bodyHash: request.bodyHash }, takenAtMs: 0 }])
          return responses.get(delivery)!
        },
      }
    },
  }
}

const failedBy = (end: 'unavailable' | 'failed'): CommandResponse =>
  end === 'failed'
    ? { status: 'failed', code: 'refused-by-database' }
    : { status: 'unavailable', code: 'database-unavailable', detail: '', retryAfterSeconds: 1 }

/** What begins together takes turns, a step each, as transactions on a database do. */
function createTurns() {
  const running: { readonly steps: Steps<void>; readonly ended: () => void }[] = []
  const run = () => {
    while (running.length > 0)
      for (const each of [...running])
        if (each.steps.next().done) {
          running.splice(running.indexOf(each), 1)
          each.ended()
        }
  }
  return (steps: Steps<void>): Promise<void> =>
    new Promise(ended => {
      running.push({ steps, ended })
      if (running.length === 1) setImmediate(run)
    })
}
