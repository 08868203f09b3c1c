import { freePorts } from '../../../../infra/local/ports.ts'
import { type Peer, peerDatabases, runningPeer } from '../peer.ts'
import { startPeerProgram } from '../process.ts'

export const dbos: Peer = {
  name: 'dbos',
  what: 'DBOS: a workflow an order with five recorded steps, one process; its system tables and the business tables are in one PostgreSQL',
  hasOwnPackages: true,
  variants: [
    { together: 16, connections: 16 },
    { together: 64, connections: 32 },
    { together: 200, connections: 64 },
  ],
  async start(o) {
    const { folder, urls } = await peerDatabases(o, { apart: false })
    const system = await o.ground.stack.createDatabase(`${new URL(urls.order).pathname.slice(1)}_system`)
    const [port] = (await freePorts(1)) as [number]
    const program = await startPeerProgram({
      ...{ name: 'dbos', folder, program: 'dbos/main.ts', port },
      environment: {
        ...{ DATABASE_URL: urls.order, SYSTEM_DATABASE_URL: system },
        CONNECTIONS: String(o.variant.connections),
      },
    })
    return runningPeer({
      ...{ urls, processes: [program], orderUrl: `http://127.0.0.1:${port}` },
      door: { path: '/orders', ids: 'given', answers: 'settled' },
    })
  },
}
