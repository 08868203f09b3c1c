import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase } from '../../infra/local/databases.ts'
import { createShopTopics, type ServiceName } from '../../infra/shop/topics.ts'
import { ConfigResourceTypes, createKafka } from '../../shared/src/kafka/client.ts'
import { topicSpecs } from '../../shared/src/kafka/topic-specs.ts'
import type { TopicSpec } from '../../shared/src/kafka/topics.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { unique } from './stage.ts'

const root = resolve(import.meta.dirname, '../..')

let shop: RunningShop
let settings: Record<string, string>
let freshDatabase: string

beforeAll(async () => {
  // Nothing runs: its topics and databases are what the wrong starts are given besides what is wrong.
  shop = await runShop('badstart', { start: [] })
  settings = {
    ...{ DATABASE_URL: shop.databases.order, KAFKA_BROKERS: shop.ground.brokers.join() },
    ...{ SCHEMA_REGISTRY_URL: shop.ground.registryUrl, TOPIC_PREFIX: shop.topicPrefix, PORT: '0' },
  }
  freshDatabase = await createDatabase(shop.ground.adminUrl, unique('fresh').replace('-', '_'))
}, 120_000)
afterAll(() => shop?.end())

/** Starts a service as production does. */
const spawnService = (changes: Record<string, string | undefined>, service: ServiceName) =>
  spawn(process.execPath, ['--disable-warning=ExperimentalWarning', `services/${service}/src/main.ts`], {
    cwd: root,
    env: { PATH: process.env.PATH, ...settings, ...changes },
    stdio: ['ignore', 'ignore', 'pipe'],
  })

/** Waits until it gives up. */
async function start(changes: Record<string, string | undefined>, service: ServiceName = 'order') {
  const child = spawnService(changes, service)
  let stderr = ''
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  // One that starts all the same would wait for ever.
  const timer = setTimeout(() => child.kill('SIGKILL'), 45_000)
  const [code] = await once(child, 'close')
  clearTimeout(timer)
  return { code, lines: stderr.split('\n').filter(Boolean) }
}

/** Exit code 78 (EX_CONFIG) and one line, that of the mistake. */
async function expectRefusal(changes: Record<string, string | undefined>, line: RegExp, service?: ServiceName) {
  const { code, lines } = await start(changes, service)
  expect({ code, lines }).toEqual({ code: 78, lines: [expect.stringMatching(line)] })
}

describe('a wrong setting stops the start with one line that names it', () => {
  test.each<[string, Record<string, string | undefined>, RegExp, ServiceName?]>([
    ['missing', { DATABASE_URL: undefined }, /^order: DATABASE_URL .*\[setting-missing\]$/],
    [
      'no URL',
      { DATABASE_URL: 'mysql://root:secret@localhost/x' },
      /^order: DATABASE_URL=\[redacted\] is no PostgreSQL URL/,
    ],
    ['no list of brokers', { KAFKA_BROKERS: 'localhost' }, /^order: KAFKA_BROKERS=localhost is no list of brokers/],
    ['no http URL', { SCHEMA_REGISTRY_URL: 'localhost:8081' }, /^order: SCHEMA_REGISTRY_URL=/],
    ['none of a list', { SCHEMA_MODE: 'registre' }, /^order: SCHEMA_MODE=registre is neither register nor lookup/],
    ['no port', { PORT: '65536' }, /^order: PORT=65536 /],
    ['no number', { RETRY_MAX_ATTEMPTS: 'five' }, /^order: RETRY_MAX_ATTEMPTS=five /],
    ['too small a number', { DATABASE_POOL: '1' }, /^order: DATABASE_POOL=1 /],
    ['no duration', { RETRY_BASE_DELAY: '1 second' }, /^order: RETRY_BASE_DELAY=1 second /],
    ['too long a duration', { RETRY_MAX_DELAY: '2d' }, /^order: RETRY_MAX_DELAY=2d is not between/],
    ['no topic prefix', { TOPIC_PREFIX: 'a b' }, /^order: TOPIC_PREFIX=a b /],
    [
      'a contradiction',
      { RETRY_BASE_DELAY: '10s', RETRY_MAX_DELAY: '1s' },
      /^order: RETRY_BASE_DELAY .*RETRY_MAX_DELAY/,
    ],
    ['a missing companion', { ADMIN_TOKEN: 'x'.repeat(16) }, /^order: ADMIN_TOKEN .*ADMIN_PORT/],
    ['the service’s own', { ORDER_TIMEOUT: 'soon' }, /^order: ORDER_TIMEOUT=soon /],
    ['a timer that outlives all topics', { ORDER_TIMEOUT: '31d' }, /^order: .*\[timer-beyond-horizon\]$/],
    [
      'a mail server',
      { SMTP_URL: 'http://mail' },
      /^notification: SMTP_URL=http:\/\/mail is no SMTP URL/,
      'notification',
    ],
  ])('%s', async (_, changes, line, service) => {
    await expectRefusal(changes, line, service)
  })

  test('a port that is in use', async () => {
    const server = createServer().listen(0, '0.0.0.0')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    await expectRefusal({ PORT: String(port) }, /^order: PORT=\d+ is in use.*\[port-in-use\]$/)
    server.close()
  })
})

describe('a wrong surrounding stops the start with one line that names it', () => {
  test('topics that nobody created', async () => {
    await expectRefusal({ TOPIC_PREFIX: 'nobody.' }, /^order: there is no topic nobody\.\S+.*\[topic-missing\]$/)
  })

  test('topics with another number of partitions than the setting', async () => {
    await expectRefusal({ TOPIC_PARTITIONS: '3' }, /has 4 partitions, TOPIC_PARTITIONS is 3.*\[partitions-unequal\]$/)
  })

  test('a topic that differs from the others', async () => {
    const prefix = `${unique('unequal')}.`
    await createShopTopics({ brokers: shop.ground.brokers, prefix, partitions: 4, replicationFactor: 1 })
    await withAdmin(admin =>
      admin.createPartitions({ topicPartitions: [{ topic: `${prefix}balance.events.v1`, count: 5 }] }),
    )
    await expectRefusal({ TOPIC_PREFIX: prefix }, /balance\.events\.v1 has 5 partitions.*\[partitions-unequal\]$/)
  })

  test('a topic that could lose what it acknowledged', async () => {
    const prefix = `${unique('unclean')}.`
    await createShopTopics({ brokers: shop.ground.brokers, prefix, partitions: 4, replicationFactor: 1 })
    const [{ name, config }] = topicSpecs({
      ...{ service: 'order', eventsTopic: 'order.events.v1', prefix, partitions: 4, replicationFactor: 1 },
    }) as [TopicSpec]
    // Altering replaces all of a topic's settings.
    const entries = Object.entries({ ...config, 'unclean.leader.election.enable': 'true' })
    const configEntries = entries.map(([key, value]) => ({ name: key, value }))
    await withAdmin(admin =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name, configEntries }],
      }),
    )
    await expectRefusal({ TOPIC_PREFIX: prefix }, /order\.events\.v1 has unclean\.leader\.election\.enable/)
  })

  test('pending migrations, when they are only to be checked', async () => {
    await expectRefusal(
      { MIGRATIONS: 'check', DATABASE_URL: freshDatabase },
      /^order: migrations 001_saga, 002_signals, 003_images have not run; .*\[migrations-pending\]$/,
    )
  })

  test('schemas that nobody registered, when they are only to be looked up', async () => {
    const prefix = `${unique('unregistered')}.`
    await createShopTopics({ brokers: shop.ground.brokers, prefix, partitions: 4, replicationFactor: 1 })
    await expectRefusal({ SCHEMA_MODE: 'lookup', TOPIC_PREFIX: prefix }, /^order: .*\[schema-unknown\]$/)
  })

  test('an earlier version of a schema that ours cannot live with', async () => {
    const prefix = `${unique('incompatible')}.`
    await createShopTopics({ brokers: shop.ground.brokers, prefix, partitions: 4, replicationFactor: 1 })
    const subject = `${prefix}order.events.v1-shop.order.OrderConfirmed`
    const fields = [{ name: 'orderId', type: 'long' }]
    const schema = JSON.stringify({ type: 'record', name: 'OrderConfirmed', namespace: 'shop.order', fields })
    await ofRegistry('POST', `/subjects/${subject}/versions`, { schema })
    await ofRegistry('PUT', `/config/${subject}`, { compatibility: 'FULL_TRANSITIVE' })
    const { code, lines } = await start({ TOPIC_PREFIX: prefix })
    expect(code).toBe(78)
    expect(lines.join('\n')).toMatch(/^order: the registry refuses our schema of incompatible-\S+OrderConfirmed/)
    expect(lines.join('\n')).toMatch(/\[schema-incompatible\]$/)
  })
})

test('SIGTERM ends it while it starts, by a handler, since process 1 of a container has nothing else', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as { port: number }
  const child = spawnService({ KAFKA_BROKERS: `127.0.0.1:${port}` }, 'order')
  const end = once(child, 'close')
  const [socket] = await once(silent, 'connection')
  child.kill('SIGTERM')
  expect(await end).toEqual([143, null])
  socket.destroy()
  silent.close()
})

async function withAdmin(use: (admin: ReturnType<ReturnType<typeof createKafka>['admin']>) => Promise<unknown>) {
  const admin = createKafka({ clientId: 'spoiler', brokers: shop.ground.brokers }).admin()
  await admin.connect()
  await use(admin)
  await admin.disconnect()
}

async function ofRegistry(method: 'POST' | 'PUT', path: string, body: object): Promise<void> {
  const response = await fetch(shop.ground.registryUrl + path, {
    ...{ method, body: JSON.stringify(body) },
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
  })
  expect(response.status, await response.text()).toBe(200)
}
