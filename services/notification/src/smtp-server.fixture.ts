import type { AddressInfo, Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** A real SMTP server of a test's own. */
export interface RunningSmtpServer {
  readonly url: string
  readonly port: number
  /** The mails it took, as they came. */
  readonly received: string[]
  close(): Promise<void>
}

/** `port` brings back one that was closed. Takes every mail unless the options say otherwise. */
export async function startSmtpServer(
  o: SMTPServerOptions & { readonly port?: number } = {},
): Promise<RunningSmtpServer> {
  const { port: wanted = 0, ...options } = o
  const received: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 10,
    onData: (stream, _session, done) => {
      let text = ''
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      stream.on('end', () => {
        received.push(text)
        done()
      })
    },
    ...options,
  })
  server.on('error', () => {})
  await new Promise<void>(resolve => server.listen(wanted, '127.0.0.1', resolve))
  running.add(server)
  const { port } = server.server.address() as AddressInfo
  return {
    ...{ url: `smtp://127.0.0.1:${port}`, port, received },
    async close() {
      if (running.delete(server)) await new Promise<void>(resolve => server.close(resolve))
    },
  }
}

const running = new Set<SMTPServer>()

/** Cuts the connection of a session, as a server does that is killed. */
export function hangUp({ id }: { readonly id: string }): void {
  for (const server of running)
    for (const connection of connectionsOf(server)) if (connection.id === id) connection._socket.destroy()
}
const connectionsOf = (server: SMTPServer) =>
  (server as unknown as { connections: Set<{ id: string; _socket: Socket }> }).connections
