import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An HTTP port that answers nobody until it is told whom to ask. */
export async function unansweringPort(): Promise<{
  readonly port: number
  forwardTo(url: string): void
  close(): Promise<void>
}> {
  let origin: string | undefined
  const server = createServer((request, response) => {
    if (origin === undefined) request.socket.destroy()
    else void forward(request, response, origin)
  })
  async function forward(request: IncomingMessage, response: ServerResponse, origin: string): Promise<void> {
    const answer = await fetch(new URL(request.url ?? '/', origin), {
      headers: { accept: String(request.headers.accept ?? '*/*') },
    })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    forwardTo(url) {
      origin = new URL(url).origin
    },
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
