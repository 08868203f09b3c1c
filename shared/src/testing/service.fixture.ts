/** Whole services on the real broker, database and registry: for rules that hold between the outbox and the topics. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import type pg from 'pg'
import { inject } from 'vitest'
import { createDatabase } from '../../../infra/local/databases.ts'
import { createKafka, type Kafka } from '../kafka/client.ts'
import { type Codec, createCodec } from '../kafka/codec.ts'
import { partitionOf } from '../kafka/partition.ts'
import { createPublisher } from '../kafka/publish.ts'
import { createRegistry } from '../kafka/registry.ts'
import { topicSpecs } from '../kafka/topic-specs.ts'
import { createTopics } from '../kafka/topics.ts'
import type { EventType, Message } from '../messages.ts'
import type { Participant } from '../participant.ts'
import { createPool } from '../postgres/connect.ts'
import { migrate } from '../postgres/migrate.ts'
import { readBy } from '../runtime/rules.ts'
import { type Service, type ServiceOptions, startService } from '../runtime/service.ts'
import { newSagaId } from './engine.fixture.ts'
import { ledgerRoutes } from './ledger-routes.fixture.ts'
import { ledger, ledgerTables } from './participant.fixture.ts'

export const partitions = 2

export interface TopicRecord {
  readonly partition: number
  readonly offset: number
  readonly key: string | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string>>
}

export interface StartOptions extends Pick<ServiceOptions, 'safeguards' | 'redirect' | 'version' | 'principalOf'> {
  readonly environment?: Record<string, string>
}

/** A deployment of one participant: its database, its topics, and as many instances as a test starts. */
export interface Deployment {
  readonly databaseUrl: string
  readonly prefix: string
  readonly kafka: Kafka
  readonly pool: pg.Pool
  /** What a process of the service needs. */
  readonly environment: Readonly<Record<string, string>>
  query<T = any>(text: string, values?: unknown[]): Promise<T[]>
  start(o?: StartOptions): Promise<Instance>
  /** An instance of the ledger in a process of its own, whose brokers are behind this port. */
  startProcess(brokerPort: number, environment?: Record<string, string>): Promise<ProcessInstance>
  /** A program that prints `PORT=<of its listener>` when it is up, with what a process of the service needs. */
  startProgram(file: string, environment?: Record<string, string>): Promise<ProcessInstance>
  /** Publishes events of others, as their services would. */
  publish(...events: SentEvent[]): Promise<void>
  /** Publishes bytes as they are. */
  publishRaw(topic: string, records: readonly RawRecord[]): Promise<void>
  /** What a topic holds, by its name without the prefix, each partition in its order. */
  records(topic: string): Promise<TopicRecord[]>
  /** Offsets committed by the service's group, by `topic/partition`; absent while there is none. */
  committedOffsets(): Promise<Map<string, number>>
  /** The ids of the group's members. */
  members(): Promise<string[]>
  /** Everything is delivered again. Only while no instance runs. */
  rewind(): Promise<void>
  setTopicLimit(topic: string, maxMessageBytes: number): Promise<void>
  /** Makes all rows of the outbox look so old that their committers may not send them any more. */
  ageOutbox(): Promise<void>
  /** Stops the instances that a test has left running. */
  stopAll(): Promise<void>
  close(): Promise<void>
}

export interface RawRecord {
  readonly partition: number
  readonly key: string | null
  readonly value: Buffer | null
  readonly headers?: Record<string, string | Buffer>
}

export interface SentEvent {
  readonly id: string
  readonly type: EventType<any>
  readonly message: Message
}

export interface Instance extends Service {
  /** A value of /metrics, 0 when there is no such series; the labels as they are printed, without `service`. */
  metric(name: string, labels?: string): Promise<number>
  post(path: string, body?: object, key?: string): Promise<{ status: number; headers: Headers; body: any }>
  /** Stops it, once. */
  stop(): Promise<void>
}

export interface ProcessInstance extends Pick<Instance, 'post' | 'metric'> {
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
  readonly ended: Promise<unknown>
}

export function sent<E extends Message>(type: EventType<E>, fields: Omit<E, 'type' | 'kind'>, id?: string): SentEvent {
  return { id: id ?? `${type.type}-${randomUUID()}`, type, message: type(fields) }
}

export async function deploy(
  o: {
    participant?: Participant<any, any>
    tables?: string
    environment?: Record<string, string>
    maxMessageBytes?: number
    /** Of the topics of events. */
    retentionMs?: number
    databaseUrl?: (real: string) => string
  } = {},
): Promise<Deployment> {
  const { participant = ledger, tables = ledgerTables, maxMessageBytes, retentionMs } = o
  const brokers = [...inject('brokers')]
  const registryUrl = inject('registryUrl')
  const prefix = `${randomUUID().slice(0, 8)}.`
  const kafka = createKafka({ clientId: 'test', brokers })
  const spec = (service: string, eventsTopic: string) =>
    topicSpecs({
      ...{ service, eventsTopic, prefix, partitions, replicationFactor: 1 },
      ...(maxMessageBytes !== undefined && { maxMessageBytes }),
      ...(retentionMs !== undefined && { retentionMs }),
    })
  const specs = [...spec('source', 'source.events.v1'), ...spec(participant.service, 'ledger.events.v1')]
  const [databaseUrl] = await Promise.all([
    createDatabase(inject('adminUrl'), `s${randomUUID().replaceAll('-', '').slice(0, 20)}`),
    createTopics(kafka, [...new Map(specs.map(topic => [topic.name, topic])).values()]),
  ])
  const pool = createPool({ url: databaseUrl, poolSize: 2, applicationName: 'test' })
  await migrate(databaseUrl, undefined)
  await pool.query(tables)
  const reads = readBy(participant)
  const codec: Codec = createCodec({
    registry: createRegistry({ url: registryUrl }),
    mode: 'register',
    publishes: reads,
    reads: [],
    topicPrefix: prefix,
  })
  await codec.start()
  const publisher = createPublisher({ kafka, logger: silent, onAcknowledged: () => {}, onRefused: fail })
  const admin = kafka.admin()
  await admin.connect()
  const environment = {
    DATABASE_URL: o.databaseUrl?.(databaseUrl) ?? databaseUrl,
    KAFKA_BROKERS: brokers.join(','),
    SCHEMA_REGISTRY_URL: registryUrl,
    TOPIC_PREFIX: prefix,
    TOPIC_PARTITIONS: String(partitions),
    PORT: '0',
    LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
    RETRY_BASE_DELAY: '1ms',
    RETRY_MAX_DELAY: '1ms',
    ...o.environment,
  }
  const running = new Set<Instance>()
  const children = new Set<ChildProcess>()
  const outgoing = (topic: string, records: readonly RawRecord[]) =>
    records.map(record => ({
      ...record,
      id: randomUUID(),
      topic: prefix + topic,
      headers: record.headers ?? {},
      deadlineMs: Number.POSITIVE_INFINITY,
    }))
  const deployment: Deployment = {
    ...{ databaseUrl, prefix, kafka, pool, environment },
    query: async (text, values) => (await pool.query(text, values)).rows,
    async start({ environment: more = {}, ...rest } = {}) {
      const service = await startService(participant, {
        ...rest,
        environment: { ...environment, ...more },
        routes: participant === ledger ? ledgerRoutes : [],
      })
      const instance = instanceOf(service, () => running.delete(instance))
      running.add(instance)
      return instance
    },
    startProcess(brokerPort, more = {}) {
      const program = join(import.meta.dirname, 'ledger-process.fixture.ts')
      return deployment.startProgram(program, { ...more, BROKER_PROXY_PORT: String(brokerPort) })
    },
    async startProgram(file, more = {}) {
      const child = spawn(process.execPath, [file], {
        env: { PATH: process.env.PATH, ...environment, ...more },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      children.add(child)
      let printed = ''
      child.stdout.on('data', data => {
        printed += data
      })
      const ended = once(child, 'exit')
      const port = await eventually('the process is up', () => /PORT=(\d+)/.exec(printed)?.[1])
      return { ...clientOf(Number(port)), ended, kill: signal => void child.kill(signal) }
    },
    async publish(...events) {
      for (const { id, type, message } of events) {
        const key = (message as unknown as Record<string, string>)[type.schema.sagaField]!
        const headers = { ce_id: id, ce_type: type.schema.fullName, ce_specversion: '1.0', ce_source: '/source' }
        publisher.publish(
          outgoing(type.schema.topic, [
            { key, headers, partition: partitionOf(key, partitions), value: codec.encode(message, type) },
          ]),
        )
      }
      await publisher.drain(10_000)
    },
    async publishRaw(topic, records) {
      publisher.publish(outgoing(topic, records))
      await publisher.drain(10_000)
    },
    records: topic => readTopic(kafka, prefix + topic),
    async committedOffsets() {
      const topics = [...new Set(reads.map(type => prefix + type.schema.topic))]
      // The coordinator may be loading still; kafkajs does not try that again.
      const fetch = () => admin.fetchOffsets({ groupId: prefix + participant.service, topics }).catch(() => undefined)
      const found = (await eventually('committed offsets can be read', fetch))!
      return new Map(
        found.flatMap(({ topic, partitions: ps }) =>
          ps
            .filter(p => Number(p.offset) >= 0)
            .map(p => [`${topic.slice(prefix.length)}/${p.partition}`, Number(p.offset)] as const),
        ),
      )
    },
    async members() {
      const { groups } = await admin.describeGroups([prefix + participant.service])
      return groups.flatMap(group => group.members.map(member => member.memberId))
    },
    async rewind() {
      for (const topic of new Set(reads.map(type => prefix + type.schema.topic)))
        await admin.resetOffsets({ groupId: prefix + participant.service, topic, earliest: true })
    },
    async setTopicLimit(topic, bytes) {
      // What is not named falls back to the broker's default.
      const { config } = specs.find(({ name }) => name === prefix + topic)!
      const wanted = { ...config, 'max.message.bytes': String(bytes) }
      const configEntries = Object.entries(wanted).map(([name, value]) => ({ name, value }))
      await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: prefix + topic, configEntries }] })
    },
    async ageOutbox() {
      await pool.query(`update saga.outbox set created_at = created_at - interval '1 day'`)
    },
    async stopAll() {
      await Promise.all([...running].map(instance => instance.stop()))
      for (const child of children) child.kill('SIGKILL')
    },
    async close() {
      await deployment.stopAll()
      await Promise.all([publisher.close(), admin.disconnect(), pool.end()])
    },
  }
  return deployment
}

function instanceOf(service: Service, ended: () => void): Instance {
  let stopped: Promise<void> | undefined
  return {
    port: service.port,
    adminPort: service.adminPort,
    ...clientOf(service.port),
    stop() {
      stopped ??= service.stop().finally(ended)
      return stopped
    },
  }
}

function clientOf(port: number): Pick<Instance, 'metric' | 'post'> {
  const url = `http://127.0.0.1:${port}`
  return {
    async metric(name, labels = '') {
      const text = await (await fetch(`${url}/metrics`)).text()
      const wanted = labels.split(',').filter(Boolean)
      for (const line of text.split('\n')) {
        const [, found, printed = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
        if (found === name && wanted.every(label => printed.includes(label))) return Number(value)
      }
      return 0
    },
    async post(path, body = {}, key = randomUUID()) {
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      })
      return { status: response.status, headers: response.headers, body: await response.json() }
    },
  }
}

/** Read to its end as of now, without a group. */
async function readTopic(kafka: Kafka, topic: string): Promise<TopicRecord[]> {
  const admin = kafka.admin()
  await admin.connect()
  const ends = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  const wanted = new Map(ends.map(({ partition, high }) => [partition, Number(high)]))
  const records: TopicRecord[] = []
  const isDone = () => [...wanted].every(([p, high]) => records.filter(r => r.partition === p).length >= high)
  if (isDone()) return records
  const consumer = kafka.consumer({ groupId: `read-${randomUUID()}`, maxWaitTimeInMs: 50 })
  const all = Promise.withResolvers<void>()
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      const headers = Object.fromEntries(Object.entries(message.headers ?? {}).map(([n, v]) => [n, String(v)]))
      records.push({
        ...{ partition, headers, value: message.value, offset: Number(message.offset) },
        key: message.key?.toString() ?? null,
      })
      if (isDone()) all.resolve()
    },
  })
  await all.promise
  await consumer.disconnect()
  return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
}

/** A saga whose events go to this partition. */
export function sagaIn(partition: number): string {
  for (;;) {
    const sagaId = newSagaId()
    if (partitionOf(sagaId, partitions) === partition) return sagaId
  }
}

export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  accept: (found: T) => boolean = Boolean,
  limitMs = 30_000,
): Promise<T> {
  const began = performance.now()
  for (;;) {
    const found = await ask()
    if (accept(found)) return found
    if (performance.now() - began > limitMs)
      throw new Error(`not within ${limitMs} ms: ${what}; last seen: ${JSON.stringify(found)}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

const nothing = () => undefined
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing }
function fail(_record: unknown, error: string): void {
  throw new Error(`the broker refused a record of the test: ${error}`)
}
