import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createDatabase } from '../../infra/local/databases.ts'
import { freePorts } from '../../infra/local/ports.ts'
import type { RunningShop } from './running-shop.ts'
import { until } from './until.ts'

const main = join(import.meta.dirname, '../../services/console/src/main.ts')

export interface ConsoleProcess {
  readonly url: string
  get(path: string): Promise<{ status: number; body: any }>
  post(path: string, body?: unknown): Promise<{ status: number; body: any }>
  /** The first event of /api/live that is wanted. */
  hears(isWanted: (event: any) => boolean): Promise<any>
  /** As the operating system, or the power, would. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** Consoles for one shop, of one database; each a process of its own. */
export async function consolesOf(shop: RunningShop, stateFolder: string) {
  const databaseUrl = await createDatabase(shop.ground.adminUrl, `console_${randomBytes(5).toString('hex')}`)
  return {
    databaseUrl,
    async start(environment: Readonly<Record<string, string>> = {}): Promise<ConsoleProcess> {
      const [port] = await freePorts(1)
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
        env: {
          ...{ PATH: process.env.PATH, HOME: process.env.HOME, XDG_STATE_HOME: stateFolder, PORT: String(port) },
          ...{ DATABASE_URL: databaseUrl, KAFKA_BROKERS: shop.ground.brokers.join(',') },
          ...{ SCHEMA_REGISTRY_URL: shop.ground.registryUrl, TOPIC_PREFIX: shop.topicPrefix },
          ...{ LOG_LEVEL: 'warn', ADMIN_ADDRESSES: adminAddresses(shop), ...environment },
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let log = ''
      child.stdout.on('data', chunk => (log += String(chunk)))
      const exited = once(child, 'exit')
      const url = `http://127.0.0.1:${port}`
      const ask = async (method: string, path: string, body?: unknown) => {
        const response = await fetch(url + path, {
          method,
          headers: { 'content-type': 'application/json', 'saga-console': '1' },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
        return { status: response.status, body: await response.json() }
      }
      const end = async (signal: NodeJS.Signals) => {
        child.kill(signal)
        await exited
      }
      const started: ConsoleProcess = {
        url,
        get: path => ask('GET', path),
        post: (path, body = {}) => ask('POST', path, body),
        hears: isWanted => hears(`${url}/api/live`, isWanted),
        kill: () => end('SIGKILL'),
        stop: () => end('SIGTERM'),
      }
      await until('the console is up', async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok, {
        limitMs: 60_000,
        seen: () => log,
      })
      return started
    },
  }
}

async function hears(url: string, isWanted: (event: any) => boolean): Promise<any> {
  const closing = new AbortController()
  const { body } = await fetch(url, { signal: closing.signal })
  try {
    let text = ''
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const lines = text.split('\n')
      text = lines.pop()!
      const events = lines.flatMap(line => (line.startsWith('data: ') ? [JSON.parse(line.slice(6))] : []))
      const wanted = events.find(isWanted)
      if (wanted) return wanted
    }
    throw new Error('the stream has ended')
  } finally {
    closing.abort()
  }
}

const adminAddresses = ({ adminPorts }: RunningShop) =>
  Object.entries(adminPorts)
    .map(([service, port]) => `${service}=http://127.0.0.1:${port}`)
    .join(',')
