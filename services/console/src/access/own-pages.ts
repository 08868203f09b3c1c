import type { FastifyRequest } from 'fastify'
import { ownProblem } from 'saga-kit/parts'

const foreign = (detail: string) => ownProblem(403, 'Forbidden', 'foreign-page', detail)

/**
 * What changes anything must come from the console's own pages, or from a program. A form or an image of another site
 * cannot send the header, and its scripts are not allowed to; what browsers say of a request's origin is believed besides.
 * @throws Problem 403
 */
export function fromOwnPages({ headers }: FastifyRequest, url: string | undefined): void {
  if (headers['saga-console'] !== '1') throw foreign('what changes anything needs the header saga-console: 1')
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin')
    throw foreign(`the browser says that a page of another site asks (Sec-Fetch-Site: ${site})`)
  const { origin } = headers
  if (origin === undefined || origin === url || URL.parse(origin)?.host === headers.host) return
  throw foreign(
    `a page of ${origin} asks, and this console is at ${url ?? headers.host}: set CONSOLE_URL if that is it`,
  )
}

/**
 * Nobody has to sign in: then a page of another site must not reach us by a name that was made to lead to this machine.
 * @throws Problem 403
 */
export function fromThisMachine({ headers }: FastifyRequest): void {
  const host = URL.parse(`http://${headers.host ?? ''}`)?.hostname ?? ''
  if (/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(host)) return
  throw ownProblem(
    ...([403, 'Forbidden', 'not-this-machine'] as const),
    'ask for it as localhost or 127.0.0.1, or set CONSOLE_ACT_TOKEN',
  )
}
