import type { Pool } from 'pg'
import { mostHeaderBytes } from '../core/letter.ts'
import { StartError } from '../errors.ts'
import { letterBytes } from '../kafka/topic-specs.ts'
import type { ClusterDescription, TopicDescription } from '../kafka/topics.ts'

/** Design, "What always holds", 7: refuses settings under which an acknowledgement could be taken back. */
export async function checkDatabase(pool: Pool): Promise<void> {
  for (const setting of ['fsync', 'full_page_writes'])
    if ((await pool.query(`select current_setting($1) as value`, [setting])).rows[0]?.value !== 'on')
      throw new StartError(
        'database-not-durable',
        `PostgreSQL runs with ${setting} = off: a crash can lose what was committed; set it to on`,
      )
  const { rows } = await pool.query(`select current_setting('server_version_num')::int as version`)
  if (rows[0].version < 180_000)
    throw new StartError(
      'database-too-old',
      `PostgreSQL ${rows[0].version} is too old: 18 is the oldest that has what the saga schema uses`,
    )
}

export function checkTopics(
  { topics, autoCreateTopics }: ClusterDescription,
  o: {
    readonly needed: readonly string[]
    readonly read: readonly string[]
    readonly letters: string
    readonly declarations: string
    readonly partitions: number
  },
): void {
  const fail = (code: string, message: string): never => {
    throw new StartError(code, message)
  }
  if (autoCreateTopics)
    fail(
      'topics-auto-created',
      'the brokers run with auto.create.topics.enable = true: a misspelt topic would come into being with settings that lose messages; set it to false',
    )
  for (const name of o.needed)
    if (!topics.has(name))
      fail('topic-missing', `there is no topic ${name}: create it (README, "Topics"), or correct TOPIC_PREFIX`)
  for (const [name, { partitions, replicationFactor, config }] of topics) {
    if (name !== o.declarations && partitions !== o.partitions)
      fail(
        'partitions-unequal',
        `${name} has ${partitions} partitions, TOPIC_PARTITIONS is ${o.partitions}: all event topics need the same number, or a saga's events are spread over instances`,
      )
    const inSync = Number(config['min.insync.replicas'])
    if (!(inSync >= Math.max(1, replicationFactor - 1)))
      fail(
        'insync-replicas',
        `${name} has ${replicationFactor} replicas and min.insync.replicas = ${inSync}: what is acknowledged could be lost with one broker; set it to ${replicationFactor - 1} at least`,
      )
    if (!readableCompressions.has(config['compression.type'] ?? ''))
      fail(
        'topic-compression',
        `${name} has compression.type = ${config['compression.type']}: a producer could compress with a codec that is not known here, and stop the consumer; set it to uncompressed, gzip or zstd`,
      )
    if (config['unclean.leader.election.enable'] !== 'false')
      fail(
        'unclean-election',
        `${name} has unclean.leader.election.enable = ${config['unclean.leader.election.enable']}: a broker that missed records could become leader; set it to false`,
      )
  }
  // Rule 22: a letter is the message, as large as its topic takes, with headers of ours.
  const largest = Math.max(0, ...o.read.map(name => maxBytes(topics.get(name))))
  if (!(maxBytes(topics.get(o.letters)) >= largest + mostHeaderBytes))
    fail(
      'letter-topic-small',
      `${o.letters} takes messages of ${maxBytes(topics.get(o.letters))} bytes, the topics that are read take ${largest}: a dead letter might not fit; set its max.message.bytes to ${letterBytes(largest)}`,
    )
}

/** `producer` would let each producer choose, snappy and lz4 included. */
const readableCompressions = new Set(['uncompressed', 'gzip', 'zstd'])

const maxBytes = (topic: TopicDescription | undefined) => Number(topic?.config['max.message.bytes'])
