import { randomBytes } from 'node:crypto'
import type { Part } from '../../infra/local/part.ts'
import { freePorts } from '../../infra/local/ports.ts'
import { findBinaries, preparePostgres } from '../../infra/local/postgres.ts'

/** A PostgreSQL of the test file's own, with its data in this folder; without Kafka and the registry. */
export async function startPostgres(
  dataFolder: string,
): Promise<{ adminUrl: string; database: Part; destroy(): Promise<void> }> {
  const [port] = await freePorts(1)
  const { part, url } = await preparePostgres({
    ...{ binaries: await findBinaries(), dataFolder, port: port!, secret: randomBytes(24).toString('base64url') },
    startLimitMs: 60_000,
    report: line => void (process.env.STACK_LOG && console.error(line)),
    signal: new AbortController().signal,
  })
  await part.start()
  return { adminUrl: url, database: part, destroy: () => part.discard() }
}
