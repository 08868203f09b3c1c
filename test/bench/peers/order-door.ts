import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Order } from './steps.ts'

/** An HTTP server with one route, POST /orders, on node:http alone: what a peer loses nothing by. GET answers that it is up. */
export function openDoor(port: number, status: 200 | 202, take: (order: Order) => Promise<unknown>): void {
  const server = createServer((request, response) => {
    const answer = (code: number, body: string) =>
      response
        .writeHead(code, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        .end(body)
    if (request.method === 'GET') return void answer(200, '{}')
    text(request)
      .then(body => take(JSON.parse(body) as Order))
      .then(
        () => answer(status, '{"status":"taken"}'),
        error => {
          console.error(error)
          answer(500, '{}')
        },
      )
  })
  server.keepAliveTimeout = 60_000
  server.listen(port, '127.0.0.1')
}
