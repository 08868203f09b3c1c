import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../../e2e/until.ts'
import { type Link, openLink } from './link.ts'

/** A server that says everything back. */
let link: Link
const upstream: Socket[] = []
const server = createServer(socket => {
  upstream.push(socket)
  socket.on('error', () => undefined)
  socket.pipe(socket)
})
beforeEach(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  link = await openLink({ port: (server.address() as { port: number }).port })
})
afterEach(async () => {
  await link.close()
  for (const socket of upstream.splice(0)) socket.destroy()
  await new Promise(resolve => server.close(resolve))
})

async function client(): Promise<{ socket: Socket; heard: () => string; closed: () => boolean }> {
  const socket = dial({ port: link.port, host: '127.0.0.1' })
  let heard = ''
  let closed = false
  socket.on('data', data => {
    heard += data
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    closed = true
  })
  await once(socket, 'connect')
  return { socket, heard: () => heard, closed: () => closed }
}

test('passes everything on, and cuts both ends', async () => {
  const { socket, heard, closed } = await client()
  socket.write('hello')
  await until('it is said back', () => heard() === 'hello')
  expect([link.made, link.open]).toEqual([1, 1])
  expect(link.cutAll()).toBe(1)
  await until('the client is cut', closed)
  await until('the server is cut', () => upstream[0]!.destroyed)
})

test('answers that are delayed keep their order, also when the delay ends', async () => {
  const { socket, heard } = await client()
  link.delay(200)
  socket.write('1')
  await until('the first is held back', () => link.delayed === 1)
  link.heal()
  socket.write('2')
  await sleep(50)
  socket.write('3')
  expect(heard()).toBe('')
  await until('all are there', () => heard().length === 3)
  expect(heard()).toBe('123')
})

test('half open: what is sent gets nowhere and nobody is told, until the client gives up; new connections work', async () => {
  const dead = await client()
  const idle = await client()
  link.hold()
  dead.socket.write('lost')
  await until('it is half open', () => link.halfOpen === 1)
  link.heal()
  upstream[0]!.destroy()
  dead.socket.write('lost too')
  const fresh = await client()
  fresh.socket.write('hello')
  idle.socket.write('hello')
  await until('others are served', () => fresh.heard() === 'hello' && idle.heard() === 'hello')
  expect([dead.heard(), dead.closed(), link.givenUp]).toEqual(['', false, 0])
  dead.socket.destroy()
  await until('it is given up', () => link.givenUp === 1)
  expect(link.halfOpen).toBe(0)
})

test('a watcher decides what becomes of a request and of an answer', async () => {
  const { socket, heard, closed } = await client()
  link.onRequest = data => (String(data) === 'swallow' ? 'lose' : 'pass')
  socket.write('swallow')
  await sleep(50)
  socket.write('a')
  await until('the other passes', () => heard() === 'a')
  link.onAnswer = data => (String(data) === 'b' ? 'cut' : 'pass')
  socket.write('b')
  await until('it is cut', closed)
  expect(heard()).toBe('a')
})
