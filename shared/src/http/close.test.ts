import { Agent, request } from 'node:http'
import { createConnection } from 'node:net'
import { expect, test } from 'vitest'
import type { CommandResponse } from './commands.ts'
import { accepted, listening, orderOf } from './server.fixture.ts'

/** Over an agent with keep-alive: fetch hides `Connection`. */
function post(port: number, agent: Agent) {
  return new Promise<{ status: number | undefined; connection: string | undefined; text: string }>(
    (resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': 'k' }
      const sent = request({ port, host: '127.0.0.1', path: '/orders', method: 'POST', headers, agent }, response => {
        let text = ''
        response
          .on('data', data => (text += data))
          .on('end', () => resolve({ status: response.statusCode, connection: response.headers.connection, text }))
      })
      sent.on('error', reject).end(JSON.stringify(orderOf()))
    },
  )
}

test('the request in flight is finished with Connection: close, new ones are refused, then the port is free', async () => {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const { promise: committed, resolve: commit } = Promise.withResolvers<CommandResponse>()
  const { server } = await listening({
    submit: () => {
      reach()
      return committed
    },
  })
  const agent = new Agent({ keepAlive: true })

  const inFlight = post(server.port, agent)
  await reached
  const closed = server.close()
  await expect(post(server.port, new Agent())).rejects.toThrow('ECONNREFUSED')
  let isClosed = false
  void closed.then(() => {
    isClosed = true
  })
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(isClosed).toBe(false)

  commit(accepted)
  expect(await inFlight).toMatchObject({ status: 202, connection: 'close' })
  await closed
  agent.destroy()
})

test('an idle keep-alive connection does not hold the close up', async () => {
  const { server } = await listening()
  const agent = new Agent({ keepAlive: true })
  expect(await post(server.port, agent)).toMatchObject({ status: 202, connection: 'keep-alive' })
  const begun = performance.now()
  await server.close()
  expect(performance.now() - begun).toBeLessThan(1_000)
  agent.destroy()
})

test('a request that comes over an open connection while closing is told to come back', async () => {
  const { promise: committed, resolve: commit } = Promise.withResolvers<CommandResponse>()
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const { server } = await listening({
    submit: () => {
      reach()
      return committed
    },
  })
  const body = JSON.stringify(orderOf())
  const bytes = `POST /orders HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  let text = ''
  const socket = createConnection(server.port, '127.0.0.1').on('data', data => (text += data))
  const ended = new Promise(resolve => socket.on('close', resolve))
  socket.write(bytes)
  await reached
  const closed = server.close()
  socket.write('GET /orders/o-1 HTTP/1.1\r\nHost: x\r\n\r\n')
  await new Promise(resolve => setTimeout(resolve, 20))
  commit(accepted)
  await Promise.all([closed, ended])
  expect(text).toMatch(/^HTTP\/1\.1 202 /)
  // After an answer with Connection: close the second one may also be dropped with the socket; it is never a success.
  expect(text.match(/HTTP\/1\.1 (?!202|503)\d+/g)).toBeNull()
})

test('a waiting read ends at once with what it has', async () => {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const { server, sendJson } = await listening({
    db: {
      query: async () => {
        reach()
        return { rows: [{}] }
      },
    },
  })
  const waiting = sendJson('GET', '/orders/o-1?wait=30')
  await reached
  const begun = performance.now()
  await server.close()
  expect(performance.now() - begun).toBeLessThan(1_000)
  expect(await waiting).toMatchObject({ status: 200, body: { waited: 30 } })
})

test('what does not finish in time is cut off', async () => {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const { server, send } = await listening({
    submit: () => {
      reach()
      return new Promise<CommandResponse>(() => {})
    },
  })
  const hanging = send('POST', '/orders', orderOf()).catch((error: Error) => error.message)
  await reached
  await server.close(50)
  expect(await hanging).toBe('fetch failed')
})
