/** Speaks to an admin listener as an operator's tool would, and as one that should not be let in. */
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { operatorHeader } from '../admin/contract.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: any
}
export interface AdminClient {
  get(path: string, query?: Record<string, string>): Promise<Answer>
  post(path: string, body: unknown): Promise<Answer>
}

/** `headers` go with each request, the client's own Host among them. */
export function adminOf(
  port: number | undefined,
  headers: Record<string, string> = { [operatorHeader]: 'ann' },
): AdminClient {
  if (port === undefined) throw new Error('it has no admin listener: start it with ADMIN_PORT')
  const ask = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers })
    if (body !== undefined) sent.setHeader('content-type', 'application/json')
    sent.end(body === undefined ? undefined : JSON.stringify(body))
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return { status: response.statusCode!, headers: response.headers, body: await json(response) }
  }
  return {
    get: (path, query = {}) => ask('GET', `${path}?${new URLSearchParams(query).toString()}`),
    post: (path, body) => ask('POST', path, body),
  }
}
