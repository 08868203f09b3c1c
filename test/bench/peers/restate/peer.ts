import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../../../infra/local/ports.ts'
import { type Peer, peerDatabases, runningPeer } from '../peer.ts'
import { answering, startPeerProcess, startPeerProgram } from '../process.ts'

const binary = () =>
  createRequire(import.meta.url).resolve(`@restatedev/restate-server-${platform()}-${arch()}/bin/restate-server`)

export const restate: Peer = {
  name: 'restate',
  what: 'Restate: a handler an order with five journaled steps, one process; its server has a log of its own (fsync on), business rows are in PostgreSQL',
  hasOwnPackages: true,
  least: 32,
  connectionsFor: together => Math.min(together, 64),
  connectionsAre: 'connections',
  processes: [1],
  async start(o) {
    const { folder, urls } = await peerDatabases(o, { apart: false })
    const [ingress, admin, fabric, handlers] = (await freePorts(4)) as [number, number, number, number]
    const server = await startPeerProcess({
      ...{ name: 'restate', folder, command: binary(), args: ['--no-logo'] },
      environment: {
        // As many as a topic of the shop has: on two cores it does more than with the usual 24.
        RESTATE_DEFAULT_NUM_PARTITIONS: '4',
        RESTATE_BASE_DIR: join(folder, 'restate-data'),
        RESTATE_LISTEN_MODE: 'tcp',
        RESTATE_BIND_IP: '127.0.0.1',
        RESTATE_BIND_PORT: String(fabric),
        RESTATE_INGRESS__BIND_PORT: String(ingress),
        RESTATE_ADMIN__BIND_PORT: String(admin),
        RESTATE_DISABLE_TELEMETRY: 'true',
        RESTATE_LOG_FILTER: 'warn',
        DO_NOT_TRACK: '1',
      },
      probe: answering(`http://127.0.0.1:${admin}/health`),
    })
    const program = await startPeerProgram({
      ...{ name: 'handlers', folder, program: 'restate/main.ts', port: handlers },
      environment: { DATABASE_URL: urls.order, CONNECTIONS: String(o.variant.connections) },
      // They speak HTTP/2 only. The server asks them when it is told of them, and refuses until they answer.
      probe: answering(`http://127.0.0.1:${admin}/deployments`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
        body: JSON.stringify({ uri: `http://127.0.0.1:${handlers}` }),
      }),
    })
    return runningPeer({
      ...{ urls, processes: [server, program], orderUrls: [`http://127.0.0.1:${ingress}`] },
      door: { path: '/shop/place', ids: 'given', answers: 'settled' },
    })
  },
}
