import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createKafka } from 'saga-kit/kafka'
import { type Child, startChild } from './child.ts'
import { javaArguments } from './java-arguments.ts'
import { createPart, type OwnedPart } from './part.ts'
import { runToEnd } from './run-to-end.ts'

/** A further listener, which tells its clients another port than its own: that of something that stands in between. */
export interface ForwardedListener {
  readonly port: number
  readonly advertisedPort: number
}

export interface KafkaOptions {
  readonly java: string
  readonly classPath: string
  readonly dataFolder: string
  readonly port: number
  readonly controllerPort: number
  readonly forwarded: readonly ForwardedListener[]
  readonly startLimitMs: number
  readonly report: (line: string) => void
  readonly signal: AbortSignal
}

const logging = `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.properties')}`

/** One node is broker and controller. Its voters are named by configuration, not in the log, so that ports may change. */
function properties({ dataFolder, port, controllerPort, forwarded }: KafkaOptions): string {
  const named = forwarded.map((listener, n) => ({ ...listener, name: `FORWARDED${n}` }))
  const listeners = ['', ...named.map(({ name, port }) => `${name}://127.0.0.1:${port}`)].join()
  const advertised = ['', ...named.map(({ name, advertisedPort }) => `${name}://127.0.0.1:${advertisedPort}`)].join()
  const protocols = ['', ...named.map(({ name }) => `${name}:PLAINTEXT`)].join()
  return `
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${listeners}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}${advertised}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${protocols}
log.dirs=${join(dataFolder, 'kafka')}

# What the services check at start.
auto.create.topics.enable=false
min.insync.replicas=1
unclean.leader.election.enable=false

# One broker holds the only copy of everything.
default.replication.factor=1
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1

# A group forms at once, and a test may ask for a short session.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000

# After kill -9 the controller lets the broker in again only when its old session has run out: 9 s by default.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500

# A small machine: fewer internal partitions and threads, and not a quarter of the heap for the log cleaner.
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4
share.coordinator.state.topic.num.partitions=1
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
`
}

export function prepareKafka(options: KafkaOptions): OwnedPart {
  const { java, classPath, dataFolder, port, startLimitMs, report, signal } = options
  const configuration = join(dataFolder, 'kafka.properties')
  const formatted = join(dataFolder, 'kafka.formatted')

  async function format(): Promise<void> {
    rmSync(join(dataFolder, 'kafka'), { recursive: true, force: true }) // of a format that was killed half way
    mkdirSync(join(dataFolder, 'kafka'))
    // A Kafka uuid: 16 bytes in URL-safe base64; the letter keeps the tool from taking a leading dash for an option.
    const clusterId = `S${randomBytes(16).toString('base64url').slice(1)}`
    const args = [...javaArguments(dataFolder, 128), '-XX:TieredStopAtLevel=1', logging, '-cp', classPath]
    args.push('kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', configuration)
    await runToEnd({ name: 'kafka-format', folder: dataFolder, command: java, args, endSignal: 'SIGKILL' }, signal)
    writeFileSync(formatted, clusterId)
  }

  async function launch(): Promise<Child> {
    writeFileSync(configuration, properties(options))
    if (!existsSync(formatted)) await format()
    const args = [...javaArguments(dataFolder, 512), '-Xms256m', logging, '-cp', classPath] // with C2: it is the busy one
    args.push('kafka.Kafka', configuration)
    return startChild({ name: 'kafka', folder: dataFolder, command: java, args, endSignal: 'SIGTERM' })
  }

  return createPart({ name: 'Kafka', launch, probe: () => probe(port), startLimitMs, report })
}

/**
 * The broker answers before the controller has let it in; it is ready when it names itself. kafkajs waits longer and longer
 * between its tries, so it is asked only once somebody listens.
 */
async function probe(port: number): Promise<void> {
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
