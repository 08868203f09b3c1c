import type { FastifyInstance, FastifyRequest } from 'fastify'
import { problem } from './problems.ts'

export const maxBodyBytes = 256 * 1024

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** JSON is the only body we read; an empty one is undefined. What the fields are is the route's matter. */
export function readJsonBodies(app: FastifyInstance, bodyLimit: number): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit }, (request, bytes, done) => {
    try {
      done(null, parse(request, bytes as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
}

function parse(request: FastifyRequest, bytes: Buffer): unknown {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity')
    throw problem('content-type-unsupported', `Content-Encoding ${encoding} is not supported; send the body as it is`)
  if (bytes.length === 0) return undefined
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    throw problem('body-not-json', 'the body is not valid UTF-8')
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw problem('body-not-json', where(text, error as SyntaxError))
  }
}

/** V8 says where, but also quotes the body around it, which may be anything: keep the place only. */
function where(text: string, error: SyntaxError): string {
  const position = /at position (\d+)/.exec(error.message)?.[1]
  if (position === undefined)
    return /end of JSON|Unterminated/.test(error.message) ? 'the JSON ends too early' : 'the JSON cannot be read'
  const before = text.slice(0, Number(position)).split('\n')
  return `the JSON cannot be read at line ${before.length}, column ${before.at(-1)!.length + 1}`
}
