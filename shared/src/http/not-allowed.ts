import type { FastifyInstance, HTTPMethods } from 'fastify'
import { problem } from './problems.ts'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const satisfies readonly HTTPMethods[]

/** fastify answers 404 to a wrong method; a client that mistyped it should learn which ones there are (RFC 9110, 15.5.6). */
export function answerWrongMethods(
  app: FastifyInstance,
  routes: readonly { readonly method: string; readonly path: string }[],
): void {
  for (const [path, served] of Map.groupBy(routes, route => route.path)) {
    const allowed: string[] = served.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    const refuse = () => problem('method-not-allowed', `use ${allowed.join(' or ')}`)
    app.route({
      method: methods.filter(method => !allowed.includes(method)),
      url: path,
      // Before the body is read: a DELETE with a body of any type is a 405, not a 415.
      onRequest: (_, reply, done) => {
        void reply.header('allow', allowed.join(', '))
        done(refuse())
      },
      handler: () => {
        throw refuse()
      },
    })
  }
}
