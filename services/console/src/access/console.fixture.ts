import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createLog, createPool } from 'saga-kit/parts'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { recordActs } from '../acts/record-act.ts'
import { get, post } from '../http/route.ts'
import { serve } from '../http/serve.ts'
import { createConsoleMetrics } from '../metrics.ts'
import { readConsoleSettings } from '../settings.ts'
import { createAccess } from './access.ts'
import { createBrowser } from './browser.fixture.ts'
import { sessionOf } from './guard.ts'

const log = createLog({ service: 'console', level: 'silent' })
const pages = mkdtempSync(join(tmpdir(), 'console-pages-'))
writeFileSync(join(pages, 'index.html'), '<title>Sagas</title>')

/** A console that has nothing but its doors: one route to read, one to act. */
export async function consoleWith(databaseUrl: string, environment: Record<string, string> = {}) {
  const settings = readConsoleSettings({
    ...{
      DATABASE_URL: databaseUrl,
      KAFKA_BROKERS: 'localhost:1',
      SCHEMA_REGISTRY_URL: 'http://localhost:1',
      PORT: '3000',
    },
    ...environment,
  })
  const pool = createPool({ url: databaseUrl, poolSize: 2, applicationName: 'console' })
  const recordAct = recordActs(pool)
  const access = createAccess({
    ...{ settings, pool, log },
    note: (session, act) => recordAct(session, { act }, async () => {}),
  })
  const who = z.object({ operator: z.string() })
  const server = await serve({
    ...{ port: 0, log, isOpen: () => true, readiness: async () => [] },
    ...{ host: access.host, install: access.install, guard: access.guard, trustedProxies: settings.trustedProxies },
    routes: [
      ...access.routes,
      get({ path: '/api/seen', answer: who, read: async (_, request) => sessionOf(request) }),
      post({ path: '/api/done', body: z.object({}), answer: who, run: async (_, request) => sessionOf(request) }),
    ],
    ...{ registry: createConsoleMetrics({ ofNode: false }).registry, dist: pathToFileURL(`${pages}/`) },
  })
  const at = `http://127.0.0.1:${server.port}`
  const close = async () => {
    await server.close()
    await pool.end()
  }
  onTestFinished(close)
  return { at, host: access.host, pool, user: () => userAt(at) }
}

/** Somebody in front of it, by default as its own pages ask. */
export function userAt(at: string) {
  const browser = createBrowser()
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await browser.go(at + path, {
      method,
      headers: { 'content-type': 'application/json', ...(method !== 'GET' && { 'saga-console': '1' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }
  return {
    browser,
    send,
    read: (headers?: Record<string, string>) => send('GET', '/api/seen', undefined, headers),
    act: (headers?: Record<string, string>) => send('POST', '/api/done', {}, headers),
    signIn: (token: string, operator = 'ann', headers?: Record<string, string>) =>
      send('POST', '/api/session', { token, operator }, headers),
    signOut: () => send('DELETE', '/api/session', {}),
  }
}
