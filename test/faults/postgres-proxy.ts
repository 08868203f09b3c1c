import { createServer, connect as dial, type Socket } from 'node:net'

/** What becomes of a COMMIT: it passes, it never reaches the database, or it is done and nobody is told. */
export type CommitFate = 'pass' | 'cut-before' | 'cut-after'

export interface PostgresProxy {
  /** The same database, reached through the proxy. */
  url(real: string): string
  /** Asked at each COMMIT, with the names of the prepared statements that its transaction has run. */
  commit: (statements: readonly string[]) => CommitFate
  /** Called at the moment when a connection is cut. */
  onCut: () => void
  /** New connections are refused, and those there are cut. */
  refuse(): void
  heal(): void
  close(): Promise<void>
}

/** Stands between node-postgres and PostgreSQL and cuts a connection at the worst moment (protocol 3.0, section 54.7 of the manual). */
export async function startPostgresProxy(target: {
  readonly host: string
  readonly port: number
}): Promise<PostgresProxy> {
  const sockets = new Set<Socket>()
  let refusing = false

  const server = createServer(client => {
    if (refusing) return client.destroy()
    const database = dial(target)
    const close = () => {
      for (const socket of [client, database]) {
        socket.destroy()
        sockets.delete(socket)
      }
    }
    for (const socket of [client, database]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', close)
      socket.on('close', close)
    }
    const cut = () => {
      proxy.onCut()
      close()
    }
    let statements: string[] = []
    let isAnswerLost = false
    onMessages(client, (type, message) => {
      const query = type === 'Q' ? message.toString('utf8', 5, message.length - 1).toLowerCase() : ''
      const statement = type === 'B' ? statementOf(message) : query
      if (statement.startsWith('begin ') || statement === 'begin') statements = []
      else if (type === 'B') statements.push(statement)
      const fate = query === 'commit' ? proxy.commit(statements) : 'pass'
      if (fate === 'cut-before') return cut()
      if (fate === 'cut-after') isAnswerLost = true
      database.write(message)
    })
    // The answer to COMMIT says that it is done: only then is the connection cut.
    database.on('data', data => (isAnswerLost ? cut() : client.write(data)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const cutAll = () => {
    for (const socket of sockets) socket.destroy()
  }

  const proxy: PostgresProxy = {
    url(real) {
      const url = new URL(real)
      url.host = `127.0.0.1:${port}`
      return url.href
    },
    commit: () => 'pass',
    onCut: () => undefined,
    refuse() {
      refusing = true
      cutAll()
    },
    heal: () => {
      refusing = false
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        cutAll()
      }),
  }
  return proxy
}

/** A Bind names its portal, then its statement. */
function statementOf(bind: Buffer): string {
  const portalEnd = bind.indexOf(0, 5)
  return bind.toString('utf8', portalEnd + 1, bind.indexOf(0, portalEnd + 1))
}

/** The first message has no type; every other one is a type and a length that counts itself. */
function onMessages(client: Socket, take: (type: string, message: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0)
  let isFirst = true
  client.on('data', data => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data])
    for (;;) {
      const typeBytes = isFirst ? 0 : 1
      if (rest.length < typeBytes + 4) return
      const end = typeBytes + rest.readInt32BE(typeBytes)
      if (rest.length < end) return
      const message = rest.subarray(0, end)
      rest = rest.subarray(end)
      take(isFirst ? 'startup' : String.fromCharCode(message[0]!), message)
      isFirst = false
    }
  })
}
