import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { inject } from 'vitest'
import { createDatabase } from '../../infra/local/databases.ts'
import { freePorts } from '../../infra/local/ports.ts'
import { type ServiceProcess, serviceProcess } from '../../infra/shop/service-process.ts'
import { createShopTopics } from '../../infra/shop/topics.ts'
import { type Console, startConsole } from '../../services/console/src/start.ts'
import { createKafka, type Kafka } from '../../shared/src/kafka/client.ts'
import { RegistryUnavailable } from '../../shared/src/kafka/registry.ts'
import { declarationsTopic } from '../../shared/src/kafka/topic-specs.ts'
import type { Participant } from '../../shared/src/kit.ts'
import { createPool } from '../../shared/src/postgres/connect.ts'
import { declarationOf } from '../../shared/src/runtime/declaration.ts'
import { repository } from '../checks/generated-file.ts'
import { readParticipants } from '../checks/participants.ts'
import { type HandPublisher, handPublisher } from '../e2e/hand-publisher.ts'
import { until } from '../e2e/until.ts'

const partitions = 2

/** The topics of a shop in which nothing runs but the console: everything on them is published by the test. */
export interface ConsoleGround {
  readonly prefix: string
  readonly kafka: Kafka
  readonly publisher: HandPublisher
  readonly participants: readonly Participant[]
  /** Of the console's database. */
  readonly pool: pg.Pool
  readonly databaseUrl: string
  query<T = any>(text: string, values?: unknown[]): Promise<T[]>
  /** As its start would publish it. */
  declare(...participants: Participant[]): Promise<void>
  /** In this process. */
  start(environment?: Record<string, string>): Promise<Console>
  /** In a process of its own; not started. */
  process(environment?: Record<string, string>): Promise<ServiceProcess>
  ask(console: Pick<Console, 'port'>, path: string): Promise<any>
  /** Waits until the console has so many events. */
  seen(events: number): Promise<void>
  end(): Promise<void>
}

export async function consoleGround(): Promise<ConsoleGround> {
  const brokers = [...inject('brokers')]
  const registryUrl = inject('registryUrl')
  const name = `c${randomBytes(5).toString('hex')}`
  const prefix = `${name}.`
  const [databaseUrl, participants] = await Promise.all([
    createDatabase(inject('adminUrl'), name),
    readParticipants(repository),
    createShopTopics({ brokers, prefix, partitions, replicationFactor: 1 }),
  ])
  const ground = { brokers, registryUrl, adminUrl: inject('adminUrl') }
  // Fourteen schemas at once are more than a registry that has just started answers in time on a busy machine.
  const publisher = await until('the registry has the schemas', () =>
    handPublisher({ ground, topicPrefix: prefix, partitions }).catch(error => {
      if (!(error instanceof RegistryUnavailable)) throw error
      return undefined
    }),
  )
  const kafka = createKafka({ clientId: 'test', brokers })
  const pool: pg.Pool = createPool({ url: databaseUrl, poolSize: 2, applicationName: 'test' })
  const environment = {
    ...{
      DATABASE_URL: databaseUrl,
      KAFKA_BROKERS: brokers.join(','),
      SCHEMA_REGISTRY_URL: registryUrl,
    },
    ...{ TOPIC_PREFIX: prefix, PORT: '0', LOG_LEVEL: process.env.TEST_LOG ?? 'silent' },
  }
  const running: Console[] = []
  const processes: ServiceProcess[] = []
  const query = async (text: string, values?: unknown[]) => (await pool.query(text, values)).rows
  return {
    ...{ prefix, kafka, publisher, participants, pool, databaseUrl, query },
    declare: (...some) =>
      publisher.publish(
        ...some.map(participant => ({
          ...{ topic: declarationsTopic, key: participant.service, headers: {}, partition: 0 },
          value: Buffer.from(JSON.stringify(declarationOf(participant))),
        })),
      ),
    async start(more = {}) {
      const console = await startConsole({ ...environment, ...more })
      running.push(console)
      return console
    },
    async process(more = {}) {
      const [port = 0] = await freePorts(1)
      const started = serviceProcess({
        ...{ name: 'console', port, folder: mkdtempSync(join(tmpdir(), 'console-')) },
        environment: { ...environment, ...more, PORT: String(port) },
      })
      processes.push(started)
      return started
    },
    async ask({ port }, path) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`)
      return response.json()
    },
    async seen(events) {
      const count = async () => (await query('select count(*)::integer as n from events'))[0]?.n as number
      await until(`${events} events are seen`, async () => (await count()) >= events, { seen: count })
    },
    async end() {
      await Promise.all([...running.map(each => each.stop()), ...processes.map(each => each.kill())])
      await Promise.all([publisher.end(), pool.end()])
    },
  }
}
