import { expect, test } from 'vitest'
import { mostHeaderBytes } from '../core/letter.ts'
import type { ClusterDescription, TopicDescription } from '../kafka/topics.ts'
import { checkDatabase, checkTopics } from './start-checks.ts'

/** A database with these settings. */
const database = (settings: Record<string, string | number> = {}) => {
  const all: Record<string, string | number> = { fsync: 'on', full_page_writes: 'on', version: 180_001, ...settings }
  return {
    query: async (text: string, [name]: string[] = []) => ({
      rows: [text.includes('server_version_num') ? { version: all.version } : { value: all[name!] }],
    }),
  } as never
}

test.each([
  ['fsync', { fsync: 'off' }, 'database-not-durable'],
  ['full_page_writes', { full_page_writes: 'off' }, 'database-not-durable'],
  ['its version', { version: 179_999 }, 'database-too-old'],
])('a database is refused for %s', async (_, settings, code) => {
  await expect(checkDatabase(database(settings))).rejects.toMatchObject({ code })
})
test('a database that is as it should be is taken', () => checkDatabase(database()))

const config = {
  'min.insync.replicas': '2',
  'unclean.leader.election.enable': 'false',
  'compression.type': 'uncompressed',
  'max.message.bytes': '1000000',
}
const names = ['a.events.v1', 'b.events.v1', 'b.dlq', 'saga.declarations']
function cluster(changes: Record<string, Partial<TopicDescription> | undefined> = {}): ClusterDescription {
  const topics = new Map<string, TopicDescription>(
    names.map(name => [
      name,
      {
        partitions: name === 'saga.declarations' ? 1 : 4,
        replicationFactor: 3,
        config: name === 'b.dlq' ? { ...config, 'max.message.bytes': '2000000' } : config,
      },
    ]),
  )
  for (const [name, change] of Object.entries(changes))
    if (change) topics.set(name, { ...topics.get(name)!, ...change })
    else topics.delete(name)
  return { topics, autoCreateTopics: false }
}
const check = (found: ClusterDescription) =>
  checkTopics(found, {
    needed: names,
    read: ['a.events.v1'],
    letters: 'b.dlq',
    declarations: 'saga.declarations',
    partitions: 4,
  })
const without = (setting: keyof typeof config) =>
  Object.fromEntries(Object.entries(config).filter(([n]) => n !== setting))

test('topics that are as they should be are taken', () => expect(() => check(cluster())).not.toThrow())

const takingLetters = (bytes: number) =>
  cluster({ 'b.dlq': { config: { ...config, 'max.message.bytes': String(bytes) } } })
test('so is a letter topic with just the room for a letter’s headers', () =>
  expect(() => check(takingLetters(1_000_000 + mostHeaderBytes))).not.toThrow())

test.each<[string, ClusterDescription, string]>([
  ['brokers that create topics by themselves', { ...cluster(), autoCreateTopics: true }, 'topics-auto-created'],
  ['a missing topic', cluster({ 'a.events.v1': undefined }), 'topic-missing'],
  ['another number of partitions', cluster({ 'a.events.v1': { partitions: 5 } }), 'partitions-unequal'],
  ['letters in another number of partitions', cluster({ 'b.dlq': { partitions: 5 } }), 'partitions-unequal'],
  [
    'one replica that acknowledges alone',
    cluster({ 'b.events.v1': { config: { ...config, 'min.insync.replicas': '1' } } }),
    'insync-replicas',
  ],
  [
    'an unclean election',
    cluster({ 'b.events.v1': { config: { ...config, 'unclean.leader.election.enable': 'true' } } }),
    'unclean-election',
  ],
  [
    'a codec of the producer’s choice',
    cluster({ 'a.events.v1': { config: { ...config, 'compression.type': 'producer' } } }),
    'topic-compression',
  ],
  ['a letter topic that takes no more than what is read', cluster({ 'b.dlq': { config } }), 'letter-topic-small'],
  [
    'a letter topic without room for what a call in doubt asked',
    takingLetters(1_000_000 + mostHeaderBytes - 1),
    'letter-topic-small',
  ],
  // Without the right to describe, the broker leaves a setting out: that is no permission to start.
  [
    'min.insync.replicas that nobody tells',
    cluster({ 'a.events.v1': { config: without('min.insync.replicas') } }),
    'insync-replicas',
  ],
  [
    'an election that nobody tells of',
    cluster({ 'a.events.v1': { config: without('unclean.leader.election.enable') } }),
    'unclean-election',
  ],
  [
    'a size that nobody tells',
    cluster({ 'a.events.v1': { config: without('max.message.bytes') } }),
    'letter-topic-small',
  ],
])('a cluster is refused for %s', (_, found, code) => {
  expect(() => check(found)).toThrow(expect.objectContaining({ code }))
})
