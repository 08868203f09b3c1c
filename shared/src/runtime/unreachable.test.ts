import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { TargetUnreachable } from '../errors.ts'
import { unreachableBy } from './unreachable.ts'

const coded = (code: string, more: object = {}) => Object.assign(new Error(`it said ${code}`), { code, ...more })
const caused = (cause: unknown) => new TypeError('fetch failed', { cause })

describe('nothing was begun', () => {
  test.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])(
    '%s, by itself, as a cause, and from every address',
    code => {
      expect(unreachableBy(coded(code))).toEqual({ message: `it said ${code}`, isCertain: false })
      expect(unreachableBy(caused(coded(code)))).toEqual({ message: `fetch failed (${code})`, isCertain: false })
      expect(unreachableBy(caused(new AggregateError([coded(code), coded('ECONNREFUSED')])))).toBeDefined()
    },
  )
  test('a connect that timed out', () => {
    expect(unreachableBy(coded('ETIMEDOUT', { syscall: 'connect' }))).toBeDefined()
  })
  test('a client that gives the cause a name of its own', () => {
    expect(unreachableBy(coded('ESOCKET', { cause: coded('ECONNREFUSED') }))).toBeDefined()
  })
  test('the port knows: then no doubt is left', () => {
    expect(unreachableBy(new TargetUnreachable('no mail server'))).toEqual({
      message: 'no mail server',
      isCertain: true,
    })
  })
  test('what fetch says of a port where nobody listens, and of a name that nobody has', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    await new Promise(resolve => server.close(resolve))
    for (const url of [`http://127.0.0.1:${port}`, `http://localhost:${port}`, 'http://no-such-host.invalid']) {
      const error = await fetch(url).catch(e => e)
      expect(unreachableBy(error), url).toMatchObject({ isCertain: false })
    }
  })
})

describe('something may have been done', () => {
  test.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_HEADERS_TIMEOUT', 'ABORT_ERR'])('%s', code => {
    expect(unreachableBy(coded(code))).toBeUndefined()
    expect(unreachableBy(caused(coded(code)))).toBeUndefined()
  })
  test('a host that became unreachable behind an open connection', () => {
    expect(unreachableBy(coded('EHOSTUNREACH', { syscall: 'read' }))).toBeUndefined()
    expect(unreachableBy(caused(coded('ETIMEDOUT', { syscall: 'write' })))).toBeUndefined()
  })
  test('one of several attempts had a connection', () => {
    expect(unreachableBy(new AggregateError([coded('ECONNREFUSED'), coded('ECONNRESET')]))).toBeUndefined()
    expect(unreachableBy(new AggregateError([]))).toBeUndefined()
  })
  test('an answer, and what is no error', () => {
    for (const other of [new Error('503'), undefined, null, 'ECONNREFUSED', { code: 'ECONNREFUSED' }])
      expect(unreachableBy(other)).toBeUndefined()
  })
  test('the connection was cut before an answer came', async () => {
    const server = createServer(socket => socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const error = await fetch(`http://127.0.0.1:${port}`).catch(e => e)
    await new Promise(resolve => server.close(resolve))
    expect(unreachableBy(error)).toBeUndefined()
  })
})
