/** The schema registry behind a door that can say of every schema that there is none. */
import { createServer, request } from 'node:http'

export interface SchemaDoor {
  readonly url: string
  hidden: boolean
  close(): void
}

export async function openSchemaDoor(registryUrl: string): Promise<SchemaDoor> {
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '' } = incoming
    if (door.hidden && url.includes('/schemas/ids/')) {
      outgoing.writeHead(404, { 'content-type': 'application/vnd.schemaregistry.v1+json' })
      return outgoing.end(JSON.stringify({ error_code: 40403, message: 'Schema not found' }))
    }
    const passedOn = request(new URL(url, registryUrl), { method, headers }, answer => {
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(outgoing)
    })
    return incoming.pipe(passedOn)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(registryUrl)
  url.host = `127.0.0.1:${(server.address() as { port: number }).port}`
  const door = { url: url.href, hidden: false, close: () => void server.close() }
  return door
}
