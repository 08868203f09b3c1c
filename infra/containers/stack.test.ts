/** Only with STACK=containers: what the tests do to a part, done to a container. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { createKafka } from 'saga-kit/kafka'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ContainerPart } from './container-part.ts'
import { type ContainerStack, startContainers } from './stack.ts'

let stack: ContainerStack
const lines: string[] = []
beforeAll(async () => {
  stack = await startContainers({ dataFolder: '', ports: 'free', report: line => lines.push(line) })
}, 240_000)
afterAll(() => stack?.destroy(), 60_000)

const parts: readonly [name: 'broker' | 'database' | 'registry', ask: () => Promise<unknown>][] = [
  ['broker', askBroker],
  ['database', askDatabase],
  ['registry', () => fetch(`${stack.registryUrl}/subjects`, { signal: AbortSignal.timeout(2_000) })],
]

test.each(parts)('%s: killed, it is gone and comes back on its data', async (name, ask) => {
  const part = stack[name]
  const before = await data()
  await part.kill()
  expect(await answers(ask)).toBe(false)
  await part.restart()
  await ask()
  expect(await data()).toEqual(before)
})

test.each(parts)('%s: paused, it does not answer until it is resumed', async (name, ask) => {
  const part = stack[name]
  await part.pause()
  expect(await answers(ask)).toBe(false)
  await part.resume()
  await eventually(ask)
})

test.each(parts)('%s: cut off, it does not answer until it is mended, and has not ended', async (name, ask) => {
  const part: ContainerPart = stack[name]
  await part.cut()
  expect(await answers(ask)).toBe(false)
  await part.mend()
  await eventually(ask)
})

test('nothing ended by itself meanwhile', () => {
  expect(lines.filter(line => line.includes('ended by itself'))).toEqual([])
})

async function data() {
  const url = await stack.createDatabase('kept')
  const subjects = await (await fetch(`${stack.registryUrl}/config`)).json()
  return { url, subjects }
}

async function askDatabase(): Promise<void> {
  const client = new pg.Client({
    connectionString: stack.adminUrl,
    connectionTimeoutMillis: 2_000,
    query_timeout: 2_000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
  } finally {
    void client.end().catch(() => {})
  }
}

async function askBroker(): Promise<void> {
  const admin = createKafka({ clientId: 'test', brokers: stack.brokers }).admin()
  const asking = admin.connect().then(() => admin.describeCluster())
  try {
    await Promise.race([asking, sleep(3_000).then(() => Promise.reject(new Error('no answer')))])
  } finally {
    asking.catch(() => {})
    void admin.disconnect().catch(() => {})
  }
}

const answers = (ask: () => Promise<unknown>): Promise<boolean> =>
  ask().then(
    () => true,
    () => false,
  )

async function eventually(ask: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!(await answers(ask))) {
    if (performance.now() > deadline) throw new Error('no answer within 30 s')
    await sleep(200)
  }
}
