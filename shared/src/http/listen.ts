import type { FastifyInstance } from 'fastify'
import { StartError } from '../errors.ts'

export interface HttpServer {
  /** The one that was asked for, or the free one that was taken for 0. */
  readonly port: number
  /**
   * Takes no new connection or request, lets the ones in flight finish with `Connection: close`, ends waiting reads, and
   * resolves when all sockets are closed, which it forces after `timeoutMs`.
   */
  close(timeoutMs?: number): Promise<void>
}

/** `setting` names the port in what is said of it. @throws StartError `port-in-use`, `port-refused` */
export async function listen(
  app: FastifyInstance,
  o: { readonly port: number; readonly host: string; readonly setting: string; readonly closing: AbortController },
): Promise<HttpServer> {
  const { port, host, setting, closing } = o
  try {
    await app.listen({ port, host })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new StartError(
        'port-in-use',
        `${setting}=${port} is in use: stop what listens there or set ${setting} to another one`,
      )
    if (code === 'EACCES')
      throw new StartError(
        'port-refused',
        `${setting}=${port} may not be opened by this user: set ${setting} to one above 1023`,
      )
    throw error
  }
  const address = app.server.address()
  return {
    port: typeof address === 'object' && address ? address.port : port,
    async close(timeoutMs = 10_000) {
      closing.abort()
      const force = setTimeout(() => app.server.closeAllConnections(), timeoutMs)
      await app.close()
      clearTimeout(force)
    },
  }
}
