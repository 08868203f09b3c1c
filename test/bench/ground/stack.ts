import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { pidFile } from '../../../infra/local/child.ts'
import type { ProcessId } from '../../../infra/local/process-table.ts'
import { type Stack, startStack } from '../../../infra/local/stack.ts'
import { countStatements } from '../figures/statements.ts'

export interface BenchStack {
  readonly stack: Stack
  /** For the services' and the peers' own files. */
  readonly folder: string
  /** The superuser's; to look at what the database counts. */
  readonly admin: pg.Pool
  readonly processes: Readonly<Record<'postgres' | 'kafka' | 'registry', ProcessId>>
  /** Ends all of it and removes its data. */
  end(): Promise<void>
}

/** A stack with data of its own. */
export async function startBenchStack(
  report: (line: string) => void,
  o: { readonly countsStatements?: boolean } = {},
): Promise<BenchStack> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  chmodSync(folder, 0o711) // PostgreSQL may have to run as another user, for whom mkdtemp's 0700 is closed
  const dataFolder = join(folder, 'stack')
  const stack = await startStack({ dataFolder, ports: 'free', report }).catch(error => {
    rmSync(folder, { recursive: true, force: true })
    throw error
  })
  // So that the database itself says when an order's last change became visible. It costs ten bytes a transaction.
  const admin = new pg.Pool({ connectionString: stack.adminUrl, max: 2 })
  admin.on('error', () => {})
  await admin.query('alter system set track_commit_timestamp = on')
  if (o.countsStatements) await countStatements(admin)
  await stack.database.restart()
  const processOf = (name: string) => JSON.parse(readFileSync(pidFile(dataFolder, name), 'utf8')) as ProcessId
  return {
    ...{ stack, folder, admin },
    // At each look: a restart makes another process of it.
    get processes() {
      return { postgres: processOf('postgres'), kafka: processOf('kafka'), registry: processOf('registry') }
    },
    async end() {
      await admin.end()
      await stack.destroy()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
