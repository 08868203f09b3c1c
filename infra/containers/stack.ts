/** PostgreSQL, Kafka and the schema registry in containers, behind the interface of the stack on this machine. */
import { Network } from 'testcontainers'
import { createDatabase } from '../local/databases.ts'
import { freePorts } from '../local/ports.ts'
import type { Stack, StackOptions } from '../local/stack.ts'
import type { ContainerPart } from './container-part.ts'
import { kafkaContainer } from './kafka.ts'
import { postgresContainer } from './postgres.ts'
import { registryContainer } from './registry.ts'

export interface ContainerStack extends Stack {
  readonly broker: ContainerPart
  readonly database: ContainerPart
  readonly registry: ContainerPart
}

/** The data are in the containers: `stop` keeps these, stopped, and `destroy` removes them. */
export async function startContainers({
  ports,
  report,
  signal,
  startLimitMs = 120_000,
  forwarded = [],
}: StackOptions): Promise<ContainerStack> {
  const [postgresPort, kafkaPort, registryPort] =
    ports === 'free'
      ? ((await freePorts(3)) as [number, number, number])
      : [ports.postgres, ports.kafka, ports.registry]
  const network = await new Network().start()
  const common = { network, startLimitMs, report }
  const started: ContainerPart[] = []
  async function start(part: ContainerPart): Promise<ContainerPart> {
    started.push(part)
    await part.start(signal)
    return part
  }
  async function destroy(): Promise<void> {
    await Promise.all(started.map(part => part.discard()))
    await network.stop()
  }
  async function startDatabaseAndRegistry() {
    const { part, url } = postgresContainer({ ...common, port: postgresPort })
    const database = await start(part)
    const within = new URL(await createDatabase(url, 'registry'))
    within.host = 'postgres:5432'
    const registry = registryContainer({ ...common, port: registryPort, database: within })
    return { database, adminUrl: url, registry: await start(registry.part), registryUrl: registry.url }
  }

  const starts = [start(kafkaContainer({ ...common, port: kafkaPort, forwarded })), startDatabaseAndRegistry()] as const
  try {
    const [broker, rest] = await Promise.all(starts)
    return {
      ...{ brokers: [`127.0.0.1:${kafkaPort}`], broker, ...rest },
      createDatabase: name => createDatabase(rest.adminUrl, name),
      stop: async () => {
        await Promise.all([broker.stop(), rest.registry.stop()])
        await rest.database.stop()
      },
      destroy,
    }
  } catch (error) {
    await Promise.allSettled(starts) // what still starts would be left behind
    await destroy()
    throw error
  }
}
