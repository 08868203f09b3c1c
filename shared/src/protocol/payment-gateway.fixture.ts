/**
 * A payment gateway as a process: `node payment-gateway.fixture.ts <port> <file>`. What it takes stands in the file, a line
 * each, so that it survives its death and a test can read it whatever state the process is in. PUT /mood changes its ways.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface Mood {
  /** Takes it at once, and answers when its mood changes. */
  readonly holds?: boolean
  /** Takes it and drops the connection, so many times. */
  readonly drops?: number
  readonly ignoresKeys?: boolean
  readonly declines?: boolean
}
export interface Taken {
  readonly kind: string
  readonly key: string
  readonly id: string
  readonly request: any
}
/** What a gateway has taken, oldest first. */
export const takenIn = (file: string): Taken[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line))
    : []

if (import.meta.main) {
  const [port, file] = process.argv.slice(2) as [string, string]
  const taken = takenIn(file)
  let mood: Mood = {}
  let drops = 0
  let moodChanged = Promise.withResolvers<void>()

  const bodyOf = async (request: IncomingMessage) => {
    let text = ''
    for await (const chunk of request) text += chunk
    return text === '' ? {} : JSON.parse(text)
  }
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const body = await bodyOf(request)
    const answer = (status: number, content: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content))
    }
    if (request.method === 'PUT') {
      mood = body
      drops = mood.drops ?? 0
      moodChanged.resolve()
      moodChanged = Promise.withResolvers()
      return answer(200, {})
    }
    if (mood.declines) return answer(402, { declined: 'card-declined' })
    const kind = request.url!.slice(1, -1)
    const key = String(request.headers['idempotency-key'])
    let one = mood.ignoresKeys ? undefined : taken.find(t => t.key === key)
    if (!one) {
      one = { kind, key, id: `${kind}-${taken.length + 1}`, request: body }
      taken.push(one)
      appendFileSync(file, `${JSON.stringify(one)}\n`)
    }
    if (drops > 0) {
      drops--
      return request.socket.destroy()
    }
    if (mood.holds) await moodChanged.promise
    return answer(200, { [`${kind}Id`]: one.id })
  }
  const server = createServer((request, response) => void handle(request, response))
  server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`PORT=${port}\n`))
}
