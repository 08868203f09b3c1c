import { expect, test } from 'vitest'
import type { Connection } from './client.ts'
import { sendFrame } from './send-frame.ts'

test('the bytes of a request go to the socket as they are, without a copy', async () => {
  const bytes = Buffer.from('a request')
  const written: unknown[] = []
  const connection = {
    ...{ authenticate: async () => undefined, failIfNotConnected: () => undefined, nextCorrelationId: () => 7 },
    socket: { write: (buffer: unknown) => written.push(buffer) },
    requestQueue: {
      push({ entry, sendRequest }: { entry: { resolve(answer: object): void }; sendRequest(): void }) {
        sendRequest()
        entry.resolve({ payload: Buffer.from('an answer') })
      },
      maybeThrottle: () => undefined,
    },
  } as unknown as Connection
  const api = { apiKey: 0, apiName: 'Produce', apiVersion: 7 }
  const response = { decode: async (payload: Buffer) => ({ payload: String(payload) }) }
  expect(await sendFrame(connection, api, () => bytes, response)).toEqual({ payload: 'an answer' })
  expect(written).toHaveLength(1)
  expect(written[0]).toBe(bytes)
})
