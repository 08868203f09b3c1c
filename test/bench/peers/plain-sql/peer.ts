import { type Peer, peerDatabases, runningPeer } from '../peer.ts'
import { startPeerPrograms } from '../process.ts'

export const plainSql: Peer = {
  name: 'sql',
  what: 'plain SQL: five statements in one process on one database, each committed by itself; no engine: a crash leaves orders half done',
  hasOwnPackages: false,
  least: 8,
  connectionsFor: together => Math.min(together, 128),
  connectionsAre: 'connections',
  processes: [1, 2],
  async start(o) {
    const { folder, urls } = await peerDatabases(o, { apart: false })
    const { processes, connections } = o.variant
    const programs = await startPeerPrograms(processes, {
      ...{ name: 'plain-sql', folder, program: 'plain-sql/main.ts' },
      environment: { DATABASE_URL: urls.order, CONNECTIONS: String(Math.ceil(connections / processes)) },
    })
    return runningPeer({ urls, ...programs, door: { path: '/orders', ids: 'given', answers: 'settled' } })
  },
}
