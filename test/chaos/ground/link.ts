import { createServer, connect as dial, type Socket } from 'node:net'
import { createDelayLine, type DelayLine } from './delay-line.ts'

/** What becomes of some bytes: they pass, they are swallowed, or both ends are cut instead. */
export type Verdict = 'pass' | 'lose' | 'cut'
/** Sees what passes in one direction, piece by piece. */
export type Watcher = (data: Buffer, connection: LinkConnection) => Verdict

export interface LinkConnection {
  readonly id: number
  cut(): void
}

/** One instance's way to the broker or to the database. */
export interface Link {
  readonly port: number
  /** Connections that were ever made, those that are open, and those among them that are half open. */
  readonly made: number
  readonly open: number
  readonly halfOpen: number
  /** Connections that were half open and were given up by the client itself. */
  readonly givenUp: number
  /** Pieces of answers that were held back. */
  readonly delayed: number
  cutAll(): number
  /** Answers come so much later. */
  delay(ms: number): void
  /** From now until `heal`, each connection over which anything is sent is dead from then on, and nobody is told. */
  hold(): void
  heal(): void
  /** Called for what the client sends and for what it is answered, while set. */
  onRequest: Watcher | undefined
  onAnswer: Watcher | undefined
  close(): Promise<void>
}

/** Cuts a stream into pieces of which each has a meaning by itself; one for each direction of each connection. */
export type Cutter = (data: Buffer) => Buffer[]

/** Stands between one client and one server, passes everything on, and does harm when it is told to. */
export async function openLink(
  target: { readonly port: number },
  newCutter: () => Cutter = () => data => [data],
): Promise<Link> {
  const connections = new Set<Connection>()
  let made = 0
  let givenUp = 0
  let delayed = 0
  let delayMs = 0
  let holding = false

  const server = createServer(client => {
    const connection = connect(client, dial({ ...target, host: '127.0.0.1' }))
    connections.add(connection)
  })

  function connect(client: Socket, upstream: Socket): Connection {
    const id = made++
    let dead = false
    const answers: DelayLine = createDelayLine(data => client.write(data))
    const cut = () => {
      client.destroy()
      upstream.destroy()
      connections.delete(connection)
    }
    const connection: Connection = {
      ...{ id, cut },
      get dead() {
        return dead
      },
    }
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
    }
    client.on('close', () => {
      if (dead) givenUp++
      cut()
    })
    // Half open means that this end is not told of the other's.
    upstream.on('close', () => {
      if (!dead) cut()
    })
    const passes = (data: Buffer, watcher: Watcher | undefined): boolean => {
      dead ||= holding
      if (dead) return false
      const verdict = watcher?.(data, connection) ?? 'pass'
      if (verdict === 'cut') cut()
      return verdict === 'pass'
    }
    const [cutRequests, cutAnswers] = [newCutter(), newCutter()]
    client.on('data', data => {
      for (const piece of cutRequests(data)) if (passes(piece, link.onRequest)) upstream.write(piece)
    })
    upstream.on('data', data => {
      for (const piece of cutAnswers(data)) {
        if (!passes(piece, link.onAnswer)) continue
        if (delayMs > 0) delayed++
        answers.push(piece, delayMs)
      }
    })
    return connection
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const link: Link = {
    port: (server.address() as { port: number }).port,
    get made() {
      return made
    },
    get open() {
      return connections.size
    },
    get halfOpen() {
      return [...connections].filter(({ dead }) => dead).length
    },
    get givenUp() {
      return givenUp
    },
    get delayed() {
      return delayed
    },
    cutAll() {
      const all = [...connections]
      for (const { cut } of all) cut()
      return all.length
    },
    delay(ms) {
      delayMs = ms
    },
    hold() {
      holding = true
    },
    heal() {
      holding = false
      delayMs = 0
    },
    onRequest: undefined,
    onAnswer: undefined,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        link.cutAll()
      }),
  }
  return link
}

interface Connection extends LinkConnection {
  readonly dead: boolean
}
