/**
 * The four services' engines on real databases, in one process and without Kafka: what one publishes is handed to the
 * others when it is said so. So the same orders make the same batches each time, and cost the same statements.
 */
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { createDatabase } from '../../infra/local/databases.ts'
import { balance } from '../../services/balance/src/participant.ts'
import { inventory } from '../../services/inventory/src/participant.ts'
import type { Mailer } from '../../services/notification/src/mailer.ts'
import { notification } from '../../services/notification/src/participant.ts'
import { order } from '../../services/order/src/participant.ts'
import type { Call } from '../../shared/src/core/decision.ts'
import { type Codec, createCodec } from '../../shared/src/kafka/codec.ts'
import type { FetchedRecord } from '../../shared/src/kafka/consume.ts'
import type { Registry } from '../../shared/src/kafka/registry.ts'
import type { CommandType } from '../../shared/src/messages.ts'
import type { Participant } from '../../shared/src/participant.ts'
import { Acknowledged } from '../../shared/src/postgres/acknowledged.ts'
import { createPool } from '../../shared/src/postgres/connect.ts'
import { migrate } from '../../shared/src/postgres/migrate.ts'
import type { StoredRow } from '../../shared/src/postgres/save-outbox.ts'
import { describeStates } from '../../shared/src/postgres/state-tables.ts'
import { AcknowledgedDeleter } from '../../shared/src/runtime/acknowledged-deleter.ts'
import { Commands } from '../../shared/src/runtime/commands.ts'
import { Engine } from '../../shared/src/runtime/engine.ts'
import { Intake } from '../../shared/src/runtime/intake.ts'
import { createRules, publishedBy, readBy } from '../../shared/src/runtime/rules.ts'
import { readSettings } from '../../shared/src/settings.ts'
import { type Cost, countRoundTrips } from './watch.ts'

const partitions = 4
const maxBatch = 500
/** Of each service: here nothing runs beside anything else. */
export const connections = 1
const dayMs = 86_400_000

export type ServiceName = 'order' | 'inventory' | 'balance' | 'notification'

/** One service's engine, and what it has handed out. */
export interface ServiceEngine {
  readonly name: string
  readonly pool: pg.Pool
  readonly cost: () => Cost
  /** Answers when the command's transaction has committed. Those that are given together share one. */
  command<C extends object>(type: CommandType<any, C, any>, body: C): Promise<unknown>
  /** As one fetch. */
  deliver(records: readonly FetchedRecord[]): Promise<void>
  /** The outside calls that were begun are answered, all at once. False when there were none. */
  answerCalls(): Promise<boolean>
  /** What was published since the last call: the broker has acknowledged it, and the outbox has it no more. */
  published(): Promise<StoredRow[]>
  close(): Promise<void>
}

const mailer: Mailer = { send: async () => ({ channel: 'mail' }) }

/** In the order in which an order meets them. `mails`: each notification is an outside call, which is answered at once. */
export async function startEngines(
  adminUrl: string,
  { mails = false }: { readonly mails?: boolean } = {},
): Promise<Record<ServiceName, ServiceEngine>> {
  const registry = registryInMemory()
  const all = [order, inventory, balance, notification(mails ? mailer : undefined)] as unknown as Participant[]
  const engines = await Promise.all(all.map(participant => startEngine(adminUrl, participant, registry)))
  return Object.fromEntries(engines.map(engine => [engine.name, engine])) as Record<ServiceName, ServiceEngine>
}

async function startEngine(adminUrl: string, participant: Participant, registry: Registry): Promise<ServiceEngine> {
  const { service } = participant
  const url = await createDatabase(adminUrl, `${service}_${randomUUID().slice(0, 8)}`)
  await migrate(url, new URL(`../../services/${service}/migrations/`, import.meta.url))
  const pool = createPool({ url, poolSize: connections, applicationName: service, byKey: true })
  const cost = countRoundTrips(pool)
  const codec: Codec = createCodec({
    ...{ registry, mode: 'register', publishes: publishedBy(participant), reads: readBy(participant) },
  })
  await codec.start()
  const kit = {
    retryMaxAttempts: 5,
    retryBaseDelayMs: 1,
    retryMaxDelayMs: 1,
    topicPartitions: partitions,
    topicPrefix: '',
    sagaImages: 'on',
  }
  const rules = createRules({
    ...{ participant, codec, kit: kit as never, own: readSettings(participant.settings, {}) },
    ...{ horizon: { horizonMs: 15 * dayMs, longestTimerMs: 7 * dayMs }, maxMessageBytes: 1_000_000 },
  })
  const acknowledged = new Acknowledged()
  const deleter = new AcknowledgedDeleter({
    ...{ pool, acknowledged },
    trouble(error) {
      throw error
    },
  })
  const published: StoredRow[] = []
  const calls: Call[] = []
  const fail = (what: string) => (_: unknown, end: string, error: unknown) => {
    throw new Error(`${service}: ${what} ${end}`, { cause: error })
  }
  const tables = await describeStates(pool, participant.states)
  const engine: Engine = new Engine({
    store: { pool, tables, rules, acknowledged, turns: () => new Map() },
    committed(committed) {
      commands.committed(committed)
      published.push(...committed.outbox)
      calls.push(...committed.decision.calls)
    },
    commandFailed: fail('a command'),
    actFailed: fail('an act'),
    paused: fail('the database') as never,
  })
  const commands = new Commands({ participant, engine: () => engine, maxBatch, outboxFull: () => false })
  const intake = new Intake({ participant, codec, ignored: () => undefined })
  const { signal } = new AbortController()
  return {
    ...{ name: service, pool, cost },
    command: (command, body) =>
      commands.submit({
        ...{ command, body, route: `POST /${command.type}`, principal: 'anonymous', idempotencyKey: randomUUID() },
        ...{ bodyHash: Buffer.alloc(32), traceparent: undefined },
      }),
    deliver: async records => engine.process(await intake.read(records), signal),
    async answerCalls() {
      const answered = await Promise.all(calls.splice(0).map(async call => ({ call, response: await answer(call) })))
      const items = answered.map(({ call: { delivery, attempts, dueAtMs }, response }) => ({
        delivery: {
          ...delivery,
          origin: { source: 'result', attempts, dueAtMs, result: { ok: true, response } } as const,
        },
        takenAtMs: performance.now(),
      }))
      await engine.process(items, signal)
      return items.length > 0
    },
    async published() {
      const rows = published.splice(0)
      acknowledged.add(rows)
      await deleter.flush()
      return rows
    },
    close: () => pool.end(),
  }
}

function answer({ delivery, request }: Call): Promise<unknown> {
  const { handler } = delivery.reaction
  if (handler.form !== 'effect') throw new Error('only effects call')
  return Promise.resolve(
    handler.call(request, { idempotencyKey: delivery.id, signal: AbortSignal.timeout(1_000) } as never),
  )
}

/** Schemas by id, in this process only. */
function registryInMemory(): Registry {
  const schemas: unknown[] = []
  const register = async (_: string, schema: unknown) => {
    const text = JSON.stringify(schema)
    const at = schemas.findIndex(each => JSON.stringify(each) === text)
    return at >= 0 ? at + 1 : schemas.push(schema)
  }
  return { register, lookUp: register, find: async id => schemas[id - 1] } as Registry
}
