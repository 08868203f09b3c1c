import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import type { LiveEvent } from '../../src/contract.ts'
import { now } from './fixtures/moments.fixture.ts'

/** The answer to a request: its body, or a status with a problem. */
export type Answer = { readonly status: number; readonly body: unknown }
export type Route = (request: { url: URL; body: any }) => unknown
export const answer = (status: number, body: unknown): Answer => ({ status, body })
const isAnswer = (value: any): value is Answer => typeof value?.status === 'number' && 'body' in value

/** The built pages on a server of their own, with answers that a test gives, as strict about scripts and styles as the console is. */
export interface ServedPages {
  /** The page at a path, anew; its clock stands at the fixtures' now. There is one for all: a fresh one costs more than a test. */
  open(path: string): Promise<Page>
  /** What the page complained of: a script or style that the policy refused, an error nobody caught. */
  readonly complaints: string[]
  /** By method and path, as `GET /api/counts`; what is not here is a 404. A test may set others. */
  routes: Record<string, Route>
  /** What the pages have asked for, as `POST /api/plans`, with the body. */
  readonly asked: { route: string; search: string; body: any; header: string | undefined }[]
  /** Nothing of a test goes on in the next one. */
  leave(): Promise<void>
  hint(event: LiveEvent): void
  /** Refuses the pages' connection for hints, as a server that restarts does; or takes it again. */
  dropLive(refuse: boolean): void
  close(): Promise<void>
}

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'"

export async function servePages(): Promise<ServedPages> {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  if (!existsSync(executablePath))
    throw new Error(`There is no Chromium at ${executablePath}: apt-get install chromium, or set CHROMIUM to its path.`)
  const files = await mkdtemp(join(tmpdir(), 'console-pages-'))
  await buildPages(files)
  const streams = new Set<ServerResponse>()
  const pages = { routes: {} as Record<string, Route>, asked: [] as ServedPages['asked'], complaints: [] as string[] }
  let refusesLive = false

  const answerApi = async (request: IncomingMessage, url: URL, response: ServerResponse) => {
    const route = `${request.method} ${url.pathname}`
    const text = (await request.toArray()).join('')
    const body = text ? JSON.parse(text) : undefined
    pages.asked.push({ route, search: url.search, body, header: request.headers['saga-console'] as string | undefined })
    const found =
      pages.routes[route]?.({ url, body }) ?? answer(404, { code: 'not-found', detail: `${route} has no answer` })
    const { status, body: told } = isAnswer(found) ? found : answer(200, found)
    response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
    response.end(JSON.stringify(told))
  }
  const answerLive = (response: ServerResponse) => {
    if (refusesLive) return response.writeHead(503).end()
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).write('retry: 50\n\n')
    streams.add(response)
    return response.on('close', () => streams.delete(response))
  }
  const answerFile = async (path: string, response: ServerResponse) => {
    const name = extname(path) ? path : '/index.html'
    const content = await readFile(join(files, name)).catch(() => undefined)
    if (!content) return response.writeHead(404).end()
    const type = types[extname(name)] ?? 'application/octet-stream'
    return response
      .writeHead(200, { 'content-type': type, 'content-security-policy': policy, 'cache-control': 'max-age=3600' })
      .end(content)
  }
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://console')
    if (url.pathname === '/api/live') answerLive(response)
    else if (url.pathname.startsWith('/api/')) void answerApi(request, url, response)
    else void answerFile(url.pathname, response)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  const page = await browser.newPage()
  await page.clock.setFixedTime(now)
  page.on('pageerror', error => pages.complaints.push(String(error)))
  page.on('console', message => {
    // The browser itself says so of every answer that is an error, which tests want.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      pages.complaints.push(message.text())
  })

  return Object.assign(pages, {
    async open(path: string) {
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
      await page.setViewportSize({ width: 1280, height: 800 })
      await page.goto(`http://127.0.0.1:${port}${path}`)
      return page
    },
    async leave() {
      await page.goto('about:blank')
    },
    hint: (event: LiveEvent) => {
      for (const stream of streams) stream.write(`data: ${JSON.stringify(event)}\n\n`)
    },
    dropLive(refuse: boolean) {
      refusesLive = refuse
      if (refuse) for (const stream of streams) stream.destroy()
    },
    async close() {
      await browser.close()
      server.closeAllConnections()
      server.close()
      await rm(files, { recursive: true })
    },
  })
}

/** As they are shipped: under vitest's own NODE_ENV React would be the one for development, which does everything twice. */
async function buildPages(outDir: string) {
  const { NODE_ENV } = process.env
  process.env.NODE_ENV = 'production'
  try {
    const configFile = join(import.meta.dirname, '../../vite.config.ts')
    await build({
      configFile,
      root: join(import.meta.dirname, '..'),
      build: { outDir, emptyOutDir: true },
      logLevel: 'error',
    })
  } finally {
    process.env.NODE_ENV = NODE_ENV
  }
}
