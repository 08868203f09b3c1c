import type { Pool } from 'pg'
import { createKafka, type Kafka } from '../kafka/client.ts'
import { type Codec, createCodec } from '../kafka/codec.ts'
import { createRegistry } from '../kafka/registry.ts'
import { deadLetterTopic, declarationsTopic } from '../kafka/topic-specs.ts'
import { type ClusterDescription, describeTopics } from '../kafka/topics.ts'
import type { Participant } from '../participant.ts'
import { checkAuditKeys } from '../postgres/audit-database.ts'
import { createPool } from '../postgres/connect.ts'
import { migrate, refusePendingMigrations } from '../postgres/migrate.ts'
import { describeStates, type StateTable } from '../postgres/state-tables.ts'
import type { KitSettings } from './kit-settings.ts'
import type { Log } from './logs.ts'
import type { Pauses } from './pauses.ts'
import { publishedBy, readBy } from './rules.ts'
import { checkDatabase, checkTopics } from './start-checks.ts'
import { troubleOf } from './trouble.ts'
import { untilAnswered } from './until-answered.ts'

export interface PrepareOptions {
  readonly participant: Participant
  readonly kit: KitSettings
  readonly migrations?: URL | undefined
  readonly redirect?:
    | ((address: { readonly host: string; readonly port: number }) => { host: string; port: number })
    | undefined
  readonly log: Log
  readonly pauses: Pauses
}

/** Connects to the database and brings its tables up to date. @throws StartError; what does not answer yet is waited for */
export async function prepareDatabase(pool: Pool, o: PrepareOptions): Promise<readonly StateTable[]> {
  for (;;) {
    await untilAnswered('database', o.pauses, () => pool.query('select 1'))
    try {
      return await prepareTables(pool, o)
    } catch (error) {
      // A database that goes while it is asked is no reason to end, any more than one that is not there yet.
      const trouble = troubleOf(error)
      if (trouble.kind !== 'infrastructure' || !trouble.connectionLost) throw error
    }
  }
}

async function prepareTables(pool: Pool, { kit, participant, migrations }: PrepareOptions) {
  await checkDatabase(pool)
  if (kit.migrations === 'apply') await migrate(kit.databaseUrl, migrations)
  else await refusePendingMigrations(pool, migrations)
  const tables = await describeStates(pool, participant.states)
  checkAuditKeys({ audit: participant.audit, tables })
  return tables
}

export interface Topics {
  /** With the prefix. */
  readonly read: readonly string[]
  readonly own: readonly string[]
  readonly letters: string
  readonly declarations: string
  readonly cluster: ClusterDescription
}

/** Asks the brokers for the participant's topics. @throws StartError */
export async function prepareTopics(kafka: Kafka, o: PrepareOptions): Promise<Topics> {
  const { participant, kit, pauses } = o
  const named = (topics: readonly string[]) => [...new Set(topics.map(topic => kit.topicPrefix + topic))]
  const read = named(readBy(participant).map(type => type.schema.topic))
  const own = named(publishedBy(participant).map(type => type.schema.topic))
  const [letters, declarations] = named([deadLetterTopic(participant.service), declarationsTopic]) as [string, string]
  const needed = [...new Set([...read, ...own, letters, declarations])]
  const cluster = await untilAnswered('kafka', pauses, () => describeTopics(kafka, needed))
  checkTopics(cluster, { needed, declarations, letters, read, partitions: kit.topicPartitions })
  return { read, own, letters, declarations, cluster }
}

/** Registers or looks up the participant's schemas. @throws StartError */
export async function prepareCodec({ participant, kit, pauses }: PrepareOptions): Promise<Codec> {
  const codec = createCodec({
    registry: createRegistry({ url: kit.schemaRegistryUrl }),
    mode: kit.schemaMode,
    publishes: publishedBy(participant),
    reads: readBy(participant),
    topicPrefix: kit.topicPrefix,
  })
  await untilAnswered('registry', pauses, () => codec.start())
  return codec
}

/** One for the books, which may take minutes, and one for the figures. */
const auditConnections = 2

/**
 * GET routes have connections of their own, a quarter: clients that wait for an order must not hold up what finishes it.
 * So has an audit, besides: it reads a whole table in one snapshot, and opens them only while it runs.
 */
export function createPools({
  participant: { service },
  kit,
}: PrepareOptions): Record<'pool' | 'reads' | 'audits' | 'forgetting', Pool> {
  const forReads = Math.max(1, kit.databasePool >> 2)
  const ofSize = (poolSize: number, byKey = false) =>
    createPool({ url: kit.databaseUrl, poolSize, applicationName: service, byKey })
  return {
    ...{ pool: ofSize(kit.databasePool - forReads, true), reads: ofSize(forReads), audits: ofSize(auditConnections) },
    forgetting: ofSize(1),
  }
}

export function createKafkaOf({ participant: { service }, kit, log, redirect }: PrepareOptions): Kafka {
  const { kafkaBrokers: brokers, kafkaRecordCodec: recordCodec } = kit
  return createKafka({ clientId: service, brokers, recordCodec, logger: log, ...(redirect && { redirect }) })
}
