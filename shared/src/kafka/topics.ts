import { setTimeout as sleep } from 'node:timers/promises'
import { type Admin, ConfigResourceTypes, type Kafka } from './client.ts'

export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  /** Topic settings as the broker names them. */
  readonly config: Readonly<Record<string, string>>
}

/**
 * Creates the topics that do not exist yet and leaves the others alone.
 * @returns what was created, and for each existing topic that is not as specified a line that says what was found and wanted
 */
export async function createTopics(
  kafka: Kafka,
  specs: readonly TopicSpec[],
): Promise<{ created: string[]; differences: string[] }> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const existing = new Set(await admin.listTopics())
    const missing = specs.filter(spec => !existing.has(spec.name))
    // Another instance may be creating the same ones: kafkajs then answers false, and all of them are there.
    if (missing.length > 0) {
      await admin.createTopics({
        // kafkajs' own wait ends with an error when the broker has not yet heard of a topic that the controller has made.
        waitForLeaders: false,
        topics: missing.map(({ name, partitions, replicationFactor, config }) => ({
          topic: name,
          numPartitions: partitions,
          replicationFactor,
          configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
        })),
      })
      await untilServed(
        admin,
        missing.map(spec => spec.name),
      )
    }
    const found = await describeTopics(
      kafka,
      specs.map(spec => spec.name),
      specs.flatMap(spec => Object.keys(spec.config)),
    )
    return {
      created: missing.map(spec => spec.name),
      differences: specs.flatMap(spec => differences(spec, found.topics.get(spec.name))),
    }
  } finally {
    await admin.disconnect()
  }
}

/** In KRaft the brokers learn of a topic a moment after the controller has answered. */
async function untilServed(admin: Pick<Admin, 'fetchTopicMetadata'>, topics: string[]): Promise<void> {
  for (const deadline = performance.now() + 15_000; ; await sleep(50)) {
    try {
      await admin.fetchTopicMetadata({ topics })
      return
    } catch (error) {
      const { type } = error as { type?: string }
      const notYet = type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'LEADER_NOT_AVAILABLE'
      if (!notYet || performance.now() > deadline) throw error
    }
  }
}

function differences(
  { name, partitions, replicationFactor, config }: TopicSpec,
  found: TopicDescription | undefined,
): string[] {
  if (!found) return [`${name} is missing`]
  const wrong = (what: string, is: string | number | undefined, wanted: string | number) =>
    String(is) === String(wanted) ? [] : [`${name}: ${what} is ${is}, wanted ${wanted}`]
  return [
    ...wrong('partitions', found.partitions, partitions),
    ...wrong('replication factor', found.replicationFactor, replicationFactor),
    ...Object.entries(config).flatMap(([key, value]) => wrong(key, found.config[key], value)),
  ]
}

export interface TopicDescription {
  readonly partitions: number
  readonly replicationFactor: number
  /** The settings asked for, inherited ones included. */
  readonly config: Readonly<Record<string, string>>
}
export interface ClusterDescription {
  /** Topics that do not exist are absent. */
  readonly topics: ReadonlyMap<string, TopicDescription>
  /** Of any one broker: a topic that nobody created would come into being with one partition and without our settings. */
  readonly autoCreateTopics: boolean
}

/** What the start checks judge; a topic's settings include what it inherits from the broker. */
export const checkedSettings = [
  'cleanup.policy',
  'compression.type',
  'max.message.bytes',
  'min.insync.replicas',
  'retention.ms',
  'segment.ms',
  'unclean.leader.election.enable',
]

/** The topics as the brokers have them. */
export async function describeTopics(
  kafka: Kafka,
  names: readonly string[],
  settings: readonly string[] = checkedSettings,
): Promise<ClusterDescription> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const existing = new Set(await admin.listTopics())
    const topics = names.filter(name => existing.has(name))
    const { brokers } = await admin.describeCluster()
    const [metadata, described] = await Promise.all([
      topics.length > 0 ? admin.fetchTopicMetadata({ topics }) : { topics: [] },
      admin.describeConfigs({
        includeSynonyms: false,
        resources: [
          ...topics.map(name => ({ type: ConfigResourceTypes.TOPIC, name, configNames: [...new Set(settings)] })),
          {
            type: ConfigResourceTypes.BROKER,
            name: String(brokers[0]?.nodeId),
            configNames: ['auto.create.topics.enable'],
          },
        ],
      }),
    ])
    const configOf = (type: number, name?: string) => {
      const resource = described.resources.find(
        r => r.resourceType === type && (name === undefined || r.resourceName === name),
      )
      return Object.fromEntries(resource?.configEntries.map(entry => [entry.configName, entry.configValue]) ?? [])
    }
    return {
      autoCreateTopics: configOf(ConfigResourceTypes.BROKER)['auto.create.topics.enable'] !== 'false',
      topics: new Map(
        metadata.topics.map(({ name, partitions }) => [
          name,
          {
            partitions: partitions.length,
            replicationFactor: partitions[0]?.replicas.length ?? 0,
            config: configOf(ConfigResourceTypes.TOPIC, name),
          },
        ]),
      ),
    }
  } finally {
    await admin.disconnect()
  }
}
