import type { Api, Connection } from './client.ts'

/**
 * src/network/connection `send`, for a request that is there as it goes over the wire. kafkajs' own copies a request twice on
 * its way (src/protocol/request.js), each time into a buffer that is filled with noughts before.
 */
export async function sendFrame<Answer>(
  connection: Connection,
  { apiKey, apiName, apiVersion }: Api,
  frame: (correlationId: number) => Buffer,
  response: { decode(payload: Buffer): Promise<Answer & { readonly clientSideThrottleTime?: number }> },
): Promise<Answer> {
  await connection.authenticate()
  connection.failIfNotConnected()
  const correlationId = connection.nextCorrelationId()
  const bytes = frame(correlationId)
  const { payload } = await new Promise<{ readonly payload: Buffer }>((resolve, reject) =>
    connection.requestQueue.push({
      entry: { apiKey, apiName, apiVersion, correlationId, resolve, reject },
      expectResponse: true,
      requestTimeout: null,
      sendRequest: () => connection.socket.write(bytes),
    }),
  )
  const answer = await response.decode(payload)
  connection.requestQueue.maybeThrottle(answer.clientSideThrottleTime ?? 0)
  return answer
}
