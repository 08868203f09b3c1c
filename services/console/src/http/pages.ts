import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { type Log, problem } from 'saga-kit/parts'

const missing = 'the pages are not built: run `npm run build -w services/console`, and start the console again'

/**
 * The files that Vite built. The pages have paths of their own, which the browser resolves: what is no file and not below
 * /api is answered with the one HTML page.
 */
export async function servePages(app: FastifyInstance, { dist, log }: { dist: URL; log: Log }): Promise<void> {
  const isBuilt = existsSync(new URL('index.html', dist))
  if (!isBuilt) log.error({ dist: fileURLToPath(dist) }, missing)
  const html = isBuilt ? await readFile(new URL('index.html', dist)) : undefined
  if (isBuilt)
    await app.register(fastifyStatic, {
      ...{ root: fileURLToPath(dist), wildcard: false, index: false },
      // The names of assets have a digest of their content in them.
      ...{ cacheControl: true, immutable: true, maxAge: '365d' },
    })
  app.get('/*', async (request, reply) => {
    const [path = ''] = request.url.split('?')
    if (path === '/api' || path.startsWith('/api/')) throw problem('no-route', `nothing is served at ${path}`)
    if (path.startsWith('/assets/'))
      throw problem('no-route', `${path} is of no build that is here: load the page anew`)
    if (html === undefined) return reply.code(503).type('text/plain; charset=utf-8').send(`${missing}\n`)
    return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(html)
  })
}
