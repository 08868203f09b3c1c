import { createKafka } from 'saga-kit/kafka'
import { freePorts } from '../../../../infra/local/ports.ts'
import { type Peer, peerDatabases, runningPeer } from '../peer.ts'
import { startPeerProgram } from '../process.ts'
import { parts } from '../tables.ts'
import { createDatabaseTables } from './tables.ts'

export const naive: Peer = {
  name: 'naive',
  what: 'a choreography as one writes it first: three services with a database each; kafkajs eachMessage, a transaction a message, inbox table, polled outbox',
  hasOwnPackages: false,
  least: 40,
  connectionsFor: together => Math.min(Math.ceil(together / 10), 48),
  connectionsAre: 'partitions',
  processes: [1],
  async start(o) {
    const { ground, variant } = o
    const { folder, urls } = await peerDatabases(o, { apart: true })
    const prefix = `${new URL(urls.order).pathname.slice(1)}.`
    const brokers = ground.stack.brokers
    const admin = createKafka({ clientId: 'bench', brokers }).admin()
    await admin.connect()
    await admin.createTopics({
      waitForLeaders: true,
      topics: parts.map(part => ({ topic: prefix + part, numPartitions: variant.connections, replicationFactor: 1 })),
    })
    await admin.disconnect()
    await Promise.all(parts.map(part => createDatabaseTables(urls[part])))

    const ports = await freePorts(parts.length)
    const processes = await Promise.all(
      parts.map((part, i) =>
        startPeerProgram({
          ...{ name: part, folder, program: 'naive/main.ts', port: ports[i]! },
          environment: {
            ...{ SERVICE: part, DATABASE_URL: urls[part], KAFKA_BROKERS: brokers.join(), TOPIC_PREFIX: prefix },
            PARTITIONS: String(variant.connections),
          },
        }),
      ),
    )
    return runningPeer({
      ...{ urls, processes, orderUrls: [`http://127.0.0.1:${ports[0]}`] },
      door: { path: '/orders', ids: 'given', answers: 'taken' },
    })
  },
}
