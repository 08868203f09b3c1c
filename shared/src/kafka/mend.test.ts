import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { assertKafkajsVersion, mendConnection, mendDecoder, mendRequestQueue } from './mend.ts'

const require = createRequire(import.meta.url)
/** kafkajs' class as it was published, whatever client.ts has mended. */
function fresh(path: string): { new (o: object): any; prototype: any } {
  const file = require.resolve(path)
  delete require.cache[file]
  return require(file)
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const logger = {
  namespace: () => logger,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
const answer = { correlationId: 1, payload: Buffer.alloc(0), size: 0 }

/** How often an idle queue wakes the process in a second after one answered request. */
async function wakeUps(mended: boolean): Promise<{ perSecond: number; negative: number }> {
  const RequestQueue = fresh('kafkajs/src/network/requestQueue')
  if (mended) mendRequestQueue(RequestQueue)
  const queue = new RequestQueue({
    requestTimeout: 1_000,
    enforceRequestTimeout: false,
    logger,
    maxInFlightRequests: null,
  })
  const armed = vi.spyOn(globalThis, 'setTimeout')
  queue.push({
    entry: { correlationId: 1, resolve: () => undefined },
    expectResponse: true,
    sendRequest: () => undefined,
  })
  queue.fulfillRequest(answer)
  await vi.advanceTimersByTimeAsync(1_000)
  const delays = armed.mock.calls.map(([, delay]) => delay as number)
  armed.mockRestore()
  queue.destroy()
  return { perSecond: delays.length, negative: delays.filter(delay => delay < 0).length }
}

test('an idle connection does not wake the process', async () =>
  expect(await wakeUps(true)).toEqual({ perSecond: 0, negative: 0 }))

test("kafkajs' own does, about every millisecond and with negative delays: the mend is still needed", async () => {
  const { perSecond, negative } = await wakeUps(false)
  expect(perSecond).toBeGreaterThan(500)
  expect(negative).toBe(perSecond)
})

test.each([
  [5_000, 2],
  [15_000, 1],
])('a connection whose requests have %i ms is looked at %i times a second', async (requestTimeout, perSecond) => {
  const RequestQueue = fresh('kafkajs/src/network/requestQueue')
  mendRequestQueue(RequestQueue)
  let looks = 0
  const isConnected = () => ++looks > 0
  const queue = new RequestQueue({ requestTimeout, enforceRequestTimeout: true, logger, isConnected })
  queue.scheduleRequestTimeoutCheck()
  await vi.advanceTimersByTimeAsync(10_000)
  queue.destroy()
  expect(looks).toBe(10 * perSecond)
})

test('what waits behind a throttle or a full connection is still sent', async () => {
  const RequestQueue = fresh('kafkajs/src/network/requestQueue')
  mendRequestQueue(RequestQueue)
  const queue = new RequestQueue({
    requestTimeout: 1_000,
    enforceRequestTimeout: false,
    logger,
    maxInFlightRequests: null,
  })
  const sent: number[] = []
  const push = (correlationId: number) =>
    queue.push({
      entry: { correlationId, resolve: () => undefined },
      expectResponse: true,
      sendRequest: () => sent.push(correlationId),
    })
  queue.maybeThrottle(300)
  push(1)
  await vi.advanceTimersByTimeAsync(299)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(20)
  expect(sent).toEqual([1])
})

function connection(socketOf: () => EventEmitter): any {
  mendRequestQueue(fresh('kafkajs/src/network/requestQueue'))
  const Connection = fresh('kafkajs/src/network/connection')
  mendConnection(Connection)
  return new Connection({
    ...{ host: 'h', port: 1, logger, requestTimeout: 1_000, connectionTimeout: 1_000 },
    socketFactory: ({ onConnect }: { onConnect: () => void }) => {
      setTimeout(onConnect, 10)
      return socketOf()
    },
  })
}

test('two who connect at once share a socket', async () => {
  let sockets = 0
  const it = connection(() => {
    sockets++
    return Object.assign(new EventEmitter(), { end: () => undefined, unref: () => undefined })
  })
  const both = Promise.all([it.connect(), it.connect()])
  await vi.advanceTimersByTimeAsync(20)
  await both
  expect(sockets).toBe(1)
  await it.disconnect()
})

test('a request without an answer takes its connection down, and the others on it', async () => {
  const socket = Object.assign(new EventEmitter(), {
    ...{ write: () => true, end: () => undefined, unref: () => undefined },
    destroy: (error: Error) => socket.emit('error', error),
  })
  const it = connection(() => socket)
  const Encoder = require('kafkajs/src/protocol/encoder')
  const connected = it.connect()
  await vi.advanceTimersByTimeAsync(20)
  await connected
  const request = {
    apiKey: 18,
    apiName: 'ApiVersions',
    apiVersion: 0,
    encode: async () => new Encoder(),
  }
  const send = () => it.send({ request, response: {} }).catch((error: Error) => error.message)
  const first = send()
  await vi.advanceTimersByTimeAsync(500)
  const second = send()
  await vi.advanceTimersByTimeAsync(700)
  expect(await first).toContain('timed out')
  expect(await second).toContain('no answer to ApiVersions in 1000 ms')
  expect(it.isConnected()).toBe(false)
})

/** The headers of a record as kafkajs writes and reads them. */
function readBack(headers: object, mended: boolean): Record<string, unknown> {
  const Decoder = fresh('kafkajs/src/protocol/decoder')
  if (mended) mendDecoder(Decoder)
  const encode = require('kafkajs/src/protocol/recordBatch/record/v0')
  const decode = require('kafkajs/src/protocol/recordBatch/record/v0/decoder')
  const decoder = new (Decoder as any)(encode({ key: null, value: null, headers }).buffer)
  decoder.readVarInt()
  return decode(decoder, { firstOffset: '0', firstTimestamp: '0' }).headers
}
const inherited = Object.fromEntries([
  ['constructor', 'a'],
  ['__proto__', 'b'],
  ['plain', ['c', 'd']],
])

test('a header is what was sent, whatever its name; one that is repeated has all its values', () => {
  const texts = Object.entries(readBack(inherited, true)).map(([name, value]) => [name, String(value)])
  expect(texts).toEqual([
    ['constructor', 'a'],
    ['__proto__', 'b'],
    ['plain', 'c,d'],
  ])
})

test("kafkajs' own adds what the name says to every object: the mend is still needed", () =>
  expect(readBack(inherited, false).constructor).toEqual([Object, Buffer.from('a')]))

test('as many headers as a record holds are read at once', () => {
  const many = Object.fromEntries(Array.from({ length: 80_000 }, (_, i) => [i.toString(36), 'x']))
  expect(Object.keys(readBack(many, true))).toHaveLength(80_000)
}, 60_000)

test('another version of kafkajs stops the start', () => {
  assertKafkajsVersion('2.2.4')
  expect(() => assertKafkajsVersion('2.2.5')).toThrow('the kit mends internals of kafkajs 2.2.4')
})
