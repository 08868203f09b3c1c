import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

/**
 * Events may carry what was made to be run by a browser. Nothing but the files that we built is loaded or run, no other
 * site may frame a page, and no answer of the API stays in a cache.
 */
export async function setHeaders(app: FastifyInstance, url: string | undefined): Promise<void> {
  const none = ["'none'"]
  const self = ["'self'"]
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        ...{ defaultSrc: none, baseUri: none, objectSrc: none, frameAncestors: none, formAction: self },
        ...{ scriptSrc: self, styleSrc: self, connectSrc: self, fontSrc: self, manifestSrc: self },
        // Small images are built into the style sheets.
        imgSrc: ["'self'", 'data:'],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: url?.startsWith('https:') ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.url.startsWith('/api') && !reply.hasHeader('cache-control'))
      void reply.header('cache-control', 'no-store')
    return payload
  })
}
