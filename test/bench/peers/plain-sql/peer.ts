import { freePorts } from '../../../../infra/local/ports.ts'
import { type Peer, peerDatabases, runningPeer } from '../peer.ts'
import { startPeerProgram } from '../process.ts'

export const plainSql: Peer = {
  name: 'sql',
  what: 'plain SQL: five statements in one process on one database, each committed by itself; no engine: a crash leaves orders half done',
  hasOwnPackages: false,
  variants: [8, 16, 32, 64].map(connections => ({ together: connections, connections })),
  async start(o) {
    const { folder, urls } = await peerDatabases(o, { apart: false })
    const [port] = (await freePorts(1)) as [number]
    const environment = { DATABASE_URL: urls.order, CONNECTIONS: String(o.variant.connections) }
    const program = await startPeerProgram({
      name: 'plain-sql',
      folder,
      program: 'plain-sql/main.ts',
      port,
      environment,
    })
    return runningPeer({
      ...{ urls, processes: [program], orderUrl: `http://127.0.0.1:${port}` },
      door: { path: '/orders', ids: 'given', answers: 'settled' },
    })
  },
}
