/** A further listener, which tells its clients another port than its own: that of something that stands in between. */
export interface ForwardedListener {
  readonly port: number
  readonly advertisedPort: number
}

export interface KafkaListeners {
  /** Where it listens; its clients are told 127.0.0.1. */
  readonly host: string
  readonly port: number
  readonly controllerPort: number
  readonly forwarded: readonly ForwardedListener[]
}

/** One node is broker and controller. Its voters are named by configuration, not in the log, so that ports may change. */
export function kafkaProperties(o: KafkaListeners & { readonly logFolder: string }): string {
  const { host, port, controllerPort, forwarded, logFolder } = o
  const named = forwarded.map((listener, n) => ({ ...listener, name: `FORWARDED${n}` }))
  const listeners = ['', ...named.map(({ name, port }) => `${name}://${host}:${port}`)].join()
  const advertised = ['', ...named.map(({ name, advertisedPort }) => `${name}://127.0.0.1:${advertisedPort}`)].join()
  const protocols = ['', ...named.map(({ name }) => `${name}:PLAINTEXT`)].join()
  return `
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://${host}:${port},CONTROLLER://127.0.0.1:${controllerPort}${listeners}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}${advertised}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${protocols}
log.dirs=${logFolder}

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
