import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Admin, createKafka } from 'saga-kit/kafka'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, dropDatabase } from './databases.ts'
import { type Part, type Stack, startStack } from './stack.ts'
import { commandsNaming, listener, temporaryFolder } from './test-stack.ts'

const timeout = 60_000

let dataFolder: string
let stack: Stack
const { lines, report, heard } = listener()

beforeAll(async () => {
  dataFolder = join(tmpdir(), `stack-test-${randomUUID()}`)
  stack = await startStack({ dataFolder, ports: 'free', report })
  await query(await stack.createDatabase('kept'), 'create table kept ()')
  await admin(admin => admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 1 }] }))
  await registry('/subjects/kept/versions', schemaOf({ name: 'id', type: 'string' }))
}, timeout)

afterAll(() => stack?.destroy(), timeout)

async function query(url: string, text: string, timeoutMs = 5_000): Promise<any[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

async function admin<T>(ask: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = createKafka({ clientId: 'test', brokers: stack.brokers }).admin()
  try {
    await admin.connect()
    return await ask(admin)
  } finally {
    await admin.disconnect()
  }
}

const registry = (path: string, body?: object, timeoutMs = 5_000): Promise<Response> =>
  fetch(stack.registryUrl + path, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(timeoutMs),
  })

const schemaOf = (...fields: object[]): object => ({
  schema: JSON.stringify({ type: 'record', name: 'Probe', fields }),
})

const requests: Record<string, () => Promise<unknown>> = {
  PostgreSQL: () => query(stack.adminUrl, 'select 1', 500),
  Kafka: () => admin(admin => admin.describeCluster()),
  'Apicurio Registry': () => registry('/subjects', undefined, 500),
}

/** Whether the part answers within half a second. */
async function answers({ name }: Part): Promise<boolean> {
  const answer = requests[name]!().then(
    () => true,
    () => false,
  )
  return Promise.race([answer, sleep(500, false)])
}

/** Whether each part still has what beforeAll put there. */
const kept = async (): Promise<boolean[]> => [
  (await query(await stack.createDatabase('kept'), 'select * from kept')).length === 0,
  (await admin(admin => admin.listTopics())).includes('kept'),
  (await registry('/subjects/kept/versions')).ok,
]

const parts = (): Part[] => [stack.database, stack.broker, stack.registry]

test('PostgreSQL 18 keeps what it acknowledged, for loopback only', async () => {
  const names = ['fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses', 'server_version']
  const rows = await query(
    stack.adminUrl,
    `select name, setting from pg_settings where name in ('${names.join("', '")}')`,
  )
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    listen_addresses: '127.0.0.1',
    server_version: expect.stringMatching(/^18\./),
  })
})

test('Kafka makes no topic by itself and elects no unclean leader', async () => {
  const names = ['auto.create.topics.enable', 'unclean.leader.election.enable', 'min.insync.replicas']
  const broker = { type: 4, name: '1', configNames: names }
  const { resources } = await admin(admin => admin.describeConfigs({ includeSynonyms: false, resources: [broker] }))
  const settings = resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue])
  expect(Object.fromEntries(settings)).toEqual({
    'auto.create.topics.enable': 'false',
    'unclean.leader.election.enable': 'false',
    'min.insync.replicas': '1',
  })
})

test('the registry refuses what is not FULL_TRANSITIVE, without being told so for the subject', async () => {
  const id = { name: 'id', type: 'string' }
  expect((await registry('/subjects/probe/versions', schemaOf(id))).status).toBe(200)
  expect((await registry('/subjects/probe/versions', schemaOf(id, { name: 'more', type: 'string' }))).status).toBe(409)
  expect(
    (await registry('/subjects/probe/versions', schemaOf(id, { name: 'more', type: 'string', default: '' }))).status,
  ).toBe(200)
  expect(await (await registry('/config')).json()).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' })
})

test('a database has a role of its own, and asking for it again gives the same', async () => {
  const urls = await Promise.all(['orders', 'orders', 'orders', 'stock'].map(name => stack.createDatabase(name)))
  const [orders, , , stock] = urls as [string, string, string, string]
  expect(new Set(urls).size).toBe(2)
  expect(await query(orders, 'select current_user as role, current_database() as database')).toEqual([
    { role: 'orders', database: 'orders' },
  ])
  await query(orders, 'create schema saga')

  const url = (change: Partial<URL>): string => Object.assign(new URL(orders), change).href
  await expect(query(url({ pathname: '/stock' }), 'select 1')).rejects.toThrow('permission denied for database "stock"')
  await expect(query(url({ password: 'guessed' }), 'select 1')).rejects.toThrow('password authentication failed')
  await expect(createDatabase(stack.adminUrl, 'x"; drop database orders')).rejects.toThrow('must match')

  await dropDatabase(stack.adminUrl, 'stock')
  await expect(query(stock, 'select 1')).rejects.toThrow('password authentication failed')
})

test('a second start on the same folder is refused', async () => {
  await expect(startStack({ dataFolder, ports: 'free', report })).rejects.toMatchObject({ code: 'folder-in-use' })
  expect(await Promise.all(parts().map(answers))).toEqual([true, true, true])
})

test.each(['PostgreSQL', 'Kafka', 'Apicurio Registry'])(
  '%s: paused, resumed, killed, restarted',
  { timeout },
  async name => {
    const part = parts().find(part => part.name === name)!

    await part.pause()
    expect(await answers(part)).toBe(false)
    await part.resume()
    await expect.poll(() => answers(part), { timeout: 10_000 }).toBe(true)

    await part.pause() // a stopped process can be killed too
    await part.kill()
    expect(await answers(part)).toBe(false)
    await part.kill() // again: nothing to do

    await part.restart()
    expect(await answers(part)).toBe(true)
    await part.restart() // in order, while it runs
    expect(await answers(part)).toBe(true)

    expect(await kept()).toEqual([true, true, true])
    expect(lines.filter(line => line.includes('ended by itself'))).toEqual([])
  },
)

test('a postmaster killed alone is told of, and its orphans do not keep it from coming back', { timeout }, async () => {
  const client = new pg.Client(stack.adminUrl)
  client.on('error', () => {})
  await client.connect()
  const busy = client.query(`select pg_sleep(60)`).catch(() => {})
  const [row] = await query(stack.adminUrl, `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`)
  process.kill(row.pid, 'SIGKILL')
  expect(await heard(/^PostgreSQL ended by itself: killed by SIGKILL/)).toContain('| ')
  await stack.database.restart()
  expect(await answers(stack.database)).toBe(true)
  await busy
})

test('a stack that was stopped comes back with its data', { timeout }, async () => {
  await stack.stop()
  expect(commandsNaming(dataFolder)).toEqual([])
  stack = await startStack({ dataFolder, ports: 'free', report })
  expect(await kept()).toEqual([true, true, true])
})

test('a part that ends while starting: the end of its log, and nothing left running', { timeout }, async () => {
  const folder = temporaryFolder()
  chmodSync(folder, 0o711)
  writeFileSync(join(folder, 'kafka.formatted'), '') // so that Kafka finds a folder without its meta.properties
  const failure = startStack({ dataFolder: folder, ports: 'free', report: () => {} })
  await expect(failure).rejects.toMatchObject({
    code: 'part-ended',
    message: expect.stringMatching(
      /^Kafka ended while starting: exit code 1\n.*kafka\.log:\n(.*\n)*.*meta\.properties/,
    ),
  })
  expect(commandsNaming(folder)).toEqual([])
})

test('a part that takes too long: the end of its log, and nothing left running', { timeout }, async () => {
  const folder = temporaryFolder()
  await expect(
    startStack({ dataFolder: folder, ports: 'free', report: () => {}, startLimitMs: 1 }),
  ).rejects.toMatchObject({
    code: 'part-slow',
    message: expect.stringMatching(/^\S+ does not answer after \d+\.\d s \(.+\)\n.*\.log:\n/),
  })
  expect(commandsNaming(folder)).toEqual([])
})

test.each([/^starting PostgreSQL/, /^PostgreSQL answers/, /^starting Apicurio/])(
  'aborted at %s: nothing left running',
  { timeout },
  async when => {
    const folder = temporaryFolder()
    const { report, heard } = listener()
    const abort = new AbortController()
    const starting = startStack({ dataFolder: folder, ports: 'free', report, signal: abort.signal })
    void heard(when).then(() => abort.abort(new Error('Ctrl-C')))
    await expect(starting).rejects.toThrow('Ctrl-C')
    expect(commandsNaming(folder)).toEqual([])
  },
)

test('a stack that was destroyed leaves neither processes nor data', async () => {
  await stack.destroy()
  expect(commandsNaming(dataFolder)).toEqual([])
  expect(existsSync(dataFolder)).toBe(false)
})
