/**
 * The four services' engines on real databases, in one process and without Kafka and HTTP: what one publishes is handed to those
 * who read it when it is said so. So the same orders make the same batches each time, and cost the same statements. Events are
 * encoded and decoded as on their way to a broker and back; steps are counted and logged, but nobody prints it.
 */
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import type pg from 'pg'
import { createDatabase } from '../../infra/local/databases.ts'
import { balance } from '../../services/balance/src/participant.ts'
import { inventory } from '../../services/inventory/src/participant.ts'
import type { Mailer } from '../../services/notification/src/mailer.ts'
import { notification } from '../../services/notification/src/participant.ts'
import { order } from '../../services/order/src/participant.ts'
import type { Call } from '../../shared/src/core/decision.ts'
import type { EachBatchPayload } from '../../shared/src/kafka/client.ts'
import { type Codec, createCodec } from '../../shared/src/kafka/codec.ts'
import { chunksOf } from '../../shared/src/kafka/fetched.ts'
import { leftTo } from '../../shared/src/kafka/mend-fetch.ts'
import type { ProduceLink } from '../../shared/src/kafka/produce-link.ts'
import { publisherOn } from '../../shared/src/kafka/publish.ts'
import { decodeFetch } from '../../shared/src/kafka/records/decode-fetch.ts'
import { encodeProduce } from '../../shared/src/kafka/records/encode-produce.ts'
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
import { createLog } from '../../shared/src/runtime/logs.ts'
import { createMetrics } from '../../shared/src/runtime/metrics.ts'
import { outbound, placeOf } from '../../shared/src/runtime/outbound.ts'
import { reporter } from '../../shared/src/runtime/report.ts'
import { createRules, publishedBy, readBy } from '../../shared/src/runtime/rules.ts'
import { readSettings } from '../../shared/src/settings.ts'
import { type Appended, createBroker } from './broker.ts'
import { type Cost, countRoundTrips } from './watch.ts'

const partitions = 4
const maxBatch = 500
/** Of each service: here nothing runs beside anything else. */
export const connections = 1
const dayMs = 86_400_000

const require = createRequire(import.meta.url)
const Batch = require('kafkajs/src/consumer/batch')
const left = leftTo(require)

export type ServiceName = 'order' | 'inventory' | 'balance' | 'notification'

/** One service's engine, and what it has handed out. */
export interface ServiceEngine {
  readonly name: string
  readonly pool: pg.Pool
  readonly cost: () => Cost
  /** Answers when the command's transaction has committed. Those that are given together share one. */
  command<C extends object>(type: CommandType<any, C, any>, body: C): Promise<unknown>
  /** The topics of what it reacts to. */
  readonly reads: ReadonlySet<string>
  /** What one fetch brings. */
  deliver(answer: Buffer): Promise<void>
  /** The outside calls that were begun are answered, all at once. False when there were none. */
  answerCalls(): Promise<boolean>
  /** What was published since the last call: the broker has acknowledged it, and the outbox has it no more. */
  published(): Promise<Appended[]>
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
  const log = createLog({ service, level: 'info', to: { write: () => undefined } })
  const steps = participant.reactions.filter(({ direction }) => direction !== 'local')
  const report = reporter(log, createMetrics({ service, steps, ofNode: false }), { audit: participant.audit })
  const acknowledged = new Acknowledged()
  const deleter = new AcknowledgedDeleter({
    ...{ pool, acknowledged },
    trouble(error) {
      throw error
    },
  })
  const appended: Appended[] = []
  const publisher = publisherOn(linkTo(service, appended), {
    logger: log,
    onAcknowledged: records => acknowledged.add(records.map(placeOf)),
    onRefused(_, error) {
      throw new Error(`${service}: an event is refused`, { cause: error })
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
    committed(committed, items) {
      commands.committed(committed)
      published.push(...committed.outbox)
      calls.push(...committed.decision.calls)
      report(committed, items)
    },
    commandFailed: fail('a command'),
    actFailed: fail('an act'),
    paused: fail('the database') as never,
  })
  const commands = new Commands({ participant, engine: () => engine, maxBatch, outboxFull: () => false })
  const intake = new Intake({ participant, codec, ignored: () => undefined })
  const { signal } = new AbortController()
  return {
    ...{ name: service, pool, cost, reads: new Set(readBy(participant).map(({ schema }) => schema.topic)) },
    command: (command, body) =>
      commands.submit({
        ...{ command, body, route: `POST /${command.type}`, principal: 'anonymous', idempotencyKey: randomUUID() },
        ...{ bodyHash: Buffer.alloc(32), traceparent: undefined },
      }),
    async deliver(answer) {
      const { responses } = await decodeFetch(answer, left)
      const fetched = responses.flatMap(({ topicName, partitions }) =>
        partitions.map(partition => ({ batch: new Batch(topicName, '0', partition) }) as EachBatchPayload),
      )
      for (const { records } of chunksOf(fetched, maxBatch)) await engine.process(await intake.read(records), signal)
    },
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
      publisher.publish(published.splice(0).map(row => outbound(row, Number.POSITIVE_INFINITY)))
      await publisher.drain(10_000)
      await deleter.flush()
      return appended.splice(0)
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

/** To a broker that takes all. */
function linkTo(clientId: string, appended: Appended[]): ProduceLink {
  const append = createBroker()
  return {
    leaderOf: () => 0,
    refresh: async () => undefined,
    newProducerId: async () => ({ id: '1', epoch: 0, next: new Map() }),
    async produce(_, producer, batches, { ackTimeoutMs }) {
      const request = encodeProduce({ version: 7, correlationId: 0, clientId, producer, ackTimeoutMs, batches })
      appended.push(...append(request))
      return batches.map(() => 0)
    },
    close: async () => undefined,
  }
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
