import { connect } from 'node:net'
import { createKafka } from 'saga-kit/kafka'

/**
 * The broker answers before the controller has let it in; it is ready when it names itself. kafkajs waits longer and longer
 * between its tries, so it is asked only once somebody listens.
 */
export async function probeKafka(port: number): Promise<void> {
  await listens(port)
  const admin = createKafka({ clientId: 'stack', brokers: [`127.0.0.1:${port}`] }).admin()
  try {
    await admin.connect()
    const { brokers } = await admin.describeCluster()
    if (brokers.length === 0) throw new Error('no broker is registered yet')
  } finally {
    await admin.disconnect()
  }
}

const listens = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
  })
