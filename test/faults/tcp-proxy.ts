import { createServer, connect as dial, type Socket } from 'node:net'

/** What becomes of the broker's answer to a request: it passes, it is lost, or it is lost together with the connection. */
export type Fate = 'pass' | 'lose' | 'cut'

export interface LossyProxy {
  readonly port: number
  /** Asked for each answer, so the broker has dealt with the request; by Kafka's number of it: 0 is Produce, 1 Fetch. May change its bytes. */
  answerTo: (apiKey: number, answer: Buffer) => Fate
  /** Asked for each request, before the broker sees it. 22 is InitProducerId, without which nobody publishes. */
  requestOf: (apiKey: number, request: Buffer) => Fate
  /** Half-open: nothing passes in either direction, and nobody is told. Connections made after `heal` work. */
  hold(): void
  heal(): void
  /** Answers come so much later. */
  delayMs: number
  cutAll(): void
  close(): Promise<void>
}

/** Stands between a Kafka client and a broker (createKafka's `redirect`) and loses what it is told to lose. */
export async function startProxy(target: { readonly host: string; readonly port: number }): Promise<LossyProxy> {
  const sockets = new Set<Socket>()
  let held = false

  const server = createServer(client => {
    const broker = dial(target)
    const asked = new Map<number, number>()
    let dead = held
    const close = () => {
      for (const socket of [client, broker]) socket.destroy()
      for (const socket of [client, broker]) sockets.delete(socket)
    }
    for (const socket of [client, broker]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', close)
      socket.on('close', close)
    }
    onFrames(client, frame => {
      const fate = proxy.requestOf(frame.readInt16BE(4), frame)
      if (fate === 'lose') return
      if (fate === 'cut') return close()
      asked.set(frame.readInt32BE(8), frame.readInt16BE(4))
      dead ||= held
      if (!dead) broker.write(frame)
    })
    onFrames(broker, frame => {
      const apiKey = asked.get(frame.readInt32BE(4))
      asked.delete(frame.readInt32BE(4))
      const fate = apiKey === undefined ? 'pass' : proxy.answerTo(apiKey, frame)
      dead ||= held
      if (dead || fate === 'lose') return
      if (fate === 'cut') return close()
      if (proxy.delayMs === 0) client.write(frame)
      else setTimeout(() => client.write(frame), proxy.delayMs)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))

  const proxy: LossyProxy = {
    port: (server.address() as { port: number }).port,
    answerTo: () => 'pass',
    requestOf: () => 'pass',
    delayMs: 0,
    hold: () => {
      held = true
    },
    heal: () => {
      held = false
    },
    cutAll: () => {
      for (const socket of sockets) socket.destroy()
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        proxy.cutAll()
      }),
  }
  return proxy
}

/** Kafka's framing: four bytes of length, then as many. */
function onFrames(socket: Socket, take: (frame: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', data => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data])
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0)
      take(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
  })
}
