import { randomBytes } from 'node:crypto'
import type { Part } from '../../infra/local/part.ts'
import { freePorts } from '../../infra/local/ports.ts'
import { findBinaries, preparePostgres } from '../../infra/local/postgres.ts'
import { inContainers } from '../../infra/stack.ts'

export interface OwnPostgres {
  readonly adminUrl: string
  readonly database: Part
  destroy(): Promise<void>
}

/** A PostgreSQL of the test file's own, with its data in this folder; without Kafka and the registry. */
export async function startPostgres(dataFolder: string): Promise<OwnPostgres> {
  return inContainers ? startContainer(dataFolder) : startProcess(dataFolder)
}

const report = (line: string): void => void (process.env.STACK_LOG && console.error(line))
const startLimitMs = 60_000

async function startContainer(dataFolder: string): Promise<OwnPostgres> {
  const { Network } = await import('testcontainers')
  const { postgresContainer } = await import('../../infra/containers/postgres.ts')
  const network = await new Network().start()
  const [port] = (await freePorts(1)) as [number]
  const { part, url } = postgresContainer({ network, port, dataFolder, startLimitMs, report })
  await part.start()
  return {
    adminUrl: url,
    database: part,
    async destroy() {
      await part.discard()
      await network.stop()
    },
  }
}

async function startProcess(dataFolder: string): Promise<OwnPostgres> {
  const [port] = await freePorts(1)
  const { part, url } = await preparePostgres({
    ...{ binaries: await findBinaries(), dataFolder, port: port!, secret: randomBytes(24).toString('base64url') },
    ...{ startLimitMs, report, signal: new AbortController().signal },
  })
  await part.start()
  return { adminUrl: url, database: part, destroy: () => part.discard() }
}
