import { type Peer, peerDatabases, runningPeer } from '../peer.ts'
import { startPeerPrograms } from '../process.ts'

export const dbos: Peer = {
  name: 'dbos',
  what: 'DBOS: a workflow an order with five recorded steps, run by the process that is asked; its system tables and the business tables are in one PostgreSQL',
  hasOwnPackages: true,
  least: 16,
  // For each of its two pools, the business tables' and the system tables'.
  connectionsFor: together => Math.min(together, 64),
  connectionsAre: 'connections',
  processes: [1, 2],
  async start(o) {
    const { folder, urls } = await peerDatabases(o, { apart: false })
    const system = await o.ground.stack.createDatabase(`${new URL(urls.order).pathname.slice(1)}_system`)
    const { processes, connections } = o.variant
    const programs = await startPeerPrograms(processes, {
      ...{ name: 'dbos', folder, program: 'dbos/main.ts' },
      environment: {
        ...{ DATABASE_URL: urls.order, SYSTEM_DATABASE_URL: system },
        CONNECTIONS: String(Math.ceil(connections / processes)),
      },
    })
    return runningPeer({ urls, ...programs, door: { path: '/orders', ids: 'given', answers: 'settled' } })
  },
}
