import type { FastifyReply, FastifyRequest } from 'fastify'

export interface CookieOptions {
  readonly name: string
  readonly path: string
  /** `lax` only where a page of another site leads here, as an OpenID Connect provider does. */
  readonly sameSite: 'strict' | 'lax'
}

/** One cookie, which no script can read; over https only where the console is reached so. */
export interface Cookie {
  read(request: FastifyRequest): string | undefined
  write(request: FastifyRequest, reply: FastifyReply, value: string, lifeMs: number): void
  remove(request: FastifyRequest, reply: FastifyReply): void
}

export function createCookie({ name, path, sameSite }: CookieOptions, url: string | undefined): Cookie {
  // A proxy that ends TLS says so. Whoever makes that up makes it up for himself.
  const isSecure = ({ headers }: FastifyRequest) =>
    url?.startsWith('https:') === true || headers['x-forwarded-proto'] === 'https'
  // With this prefix browsers take it from this host over https only, not from a neighbouring one that writes for the domain.
  const nameFor = (request: FastifyRequest) =>
    isSecure(request) ? `__${path === '/' ? 'Host' : 'Secure'}-${name}` : name
  const options = (request: FastifyRequest) => ({ path, sameSite, httpOnly: true, secure: isSecure(request) })
  return {
    read: request => request.cookies[nameFor(request)],
    write: (request, reply, value, lifeMs) =>
      void reply.setCookie(nameFor(request), value, { ...options(request), maxAge: Math.floor(lifeMs / 1_000) }),
    remove: (request, reply) => void reply.clearCookie(nameFor(request), options(request)),
  }
}
