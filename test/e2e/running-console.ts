import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, dropDatabase } from '../../infra/local/databases.ts'
import { type Console, startConsole } from '../../services/console/src/start.ts'
import { createPool } from '../../shared/src/postgres/connect.ts'
import type { RunningShop } from './running-shop.ts'

export const consoleToken = 'reads-and-acts-0123456789'

export interface RunningConsole {
  readonly url: string
  /** Of its own database. */
  query<T = any>(text: string, values?: unknown[]): Promise<T[]>
  /** What a page that may read is answered. */
  get<T = any>(path: string): Promise<T>
  metrics(): Promise<string>
  end(): Promise<void>
}

/** A console for the shop, in this process, with a database of its own. */
export async function runConsole(
  { ground, topicPrefix }: Pick<RunningShop, 'ground' | 'topicPrefix'>,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningConsole> {
  const name = `console_${randomBytes(4).toString('hex')}`
  const databaseUrl = await createDatabase(ground.adminUrl, name)
  const plans = mkdtempSync(join(tmpdir(), 'console-plans-'))
  let running: Console | undefined
  const pool = createPool({ url: databaseUrl, poolSize: 2, applicationName: 'test' })
  const end = async () => {
    await running?.stop()
    await pool.end()
    await dropDatabase(ground.adminUrl, name)
    rmSync(plans, { recursive: true, force: true })
  }
  try {
    running = await startConsole({
      ...{
        DATABASE_URL: databaseUrl,
        KAFKA_BROKERS: ground.brokers.join(','),
        SCHEMA_REGISTRY_URL: ground.registryUrl,
      },
      ...{
        TOPIC_PREFIX: topicPrefix,
        PORT: '0',
        LOG_LEVEL: 'warn',
        CONSOLE_ACT_TOKEN: consoleToken,
        XDG_STATE_HOME: plans,
        ...environment,
      },
    })
    const url = `http://127.0.0.1:${running.port}`
    const signedIn = await fetch(`${url}/api/session`, {
      ...{ method: 'POST', body: JSON.stringify({ token: consoleToken, operator: 'test' }) },
      headers: { 'content-type': 'application/json', 'saga-console': '1' },
    })
    const cookie = signedIn.headers.getSetCookie().map(each => each.split(';', 1)[0])
    return {
      ...{ url, end },
      query: async (text, values) => (await pool.query(text, values)).rows,
      async get(path) {
        const answer = await fetch(url + path, { headers: { cookie: cookie.join('; ') } })
        if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`)
        return (await answer.json()) as any
      },
      metrics: async () => (await fetch(`${url}/metrics`)).text(),
    }
  } catch (error) {
    await end()
    throw error
  }
}
