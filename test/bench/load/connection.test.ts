import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { Connections } from './connections.ts'

async function serving(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  const sockets = new Set<unknown>()
  const server = createServer((request, response) => void text(request).then(body => answer(request, response, body)))
  server.on('connection', socket => sockets.add(socket))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const connections = new Connections([`http://127.0.0.1:${(server.address() as AddressInfo).port}`], 2)
  onTestFinished(() => {
    connections.close()
    server.close()
  })
  return { connections, sockets }
}
function end(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

test('requests and answers, large ones in pieces, on connections that are kept', async () => {
  const { connections, sockets } = await serving((request, response, body) =>
    end(response, 202, `${request.method} ${request.url} ${String(request.headers['idempotency-key'])} ${body}`),
  )
  const large = 'ü'.repeat(200_000)
  for (const body of ['{}', large, ''])
    expect(await connections.post('/orders', 'idempotency-key: k\r\n', body)).toMatchObject({
      ...{ status: 202, body: `POST /orders k ${body}` },
    })
  expect(sockets.size).toBeLessThanOrEqual(2)
})

test('no more at a time than there are connections, the others in their turn', async () => {
  let [now, most] = [0, 0]
  const { connections } = await serving((_, response, body) => {
    now++
    most = Math.max(most, now)
    setImmediate(() => {
      now--
      end(response, 200, body)
    })
  })
  const bodies = Array.from({ length: 50 }, (_, i) => String(i))
  const replies = await Promise.all(bodies.map(body => connections.post('/', '', body)))
  expect(replies.map(reply => reply?.body)).toEqual(bodies)
  expect(most).toBeLessThanOrEqual(2)
})

test('what waits for its turn can be given up; what is under way is answered', async () => {
  const { connections } = await serving((_, response, body) => setImmediate(() => end(response, 200, body)))
  const replies = ['a', 'b', 'c', 'd'].map(body => connections.post('/', '', body))
  connections.giveUpWaiting()
  expect(await Promise.all(replies)).toMatchObject([{ body: 'a' }, { body: 'b' }, undefined, undefined])
  expect(await connections.post('/', '', 'e')).toMatchObject({ body: 'e' })
})

test('a connection that ends answers 0, and the next request opens another, also after one that said it would close', async () => {
  let asked = 0
  const { connections } = await serving((request, response) => {
    if (asked++ < 2) request.socket.destroy()
    else end(response, 503, 'no', { connection: 'close' })
  })
  const statuses: unknown[] = []
  for (let n = 0; n < 4; n++) statuses.push(await connections.post('/', '', ''))
  expect(statuses).toMatchObject([
    ...[{ status: 0 }, { status: 0 }],
    ...[1, 2].map(() => ({ status: 503, body: 'no' })),
  ])
})
