/** The Java parts, fetched once by Maven as pom.xml says, into a cache that all data folders share. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, startChild } from './child.ts'
import { StackError } from './errors.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { requireMaven } from './java.ts'
import { endLeftovers } from './leftovers.ts'
import { endOrAbort } from './run-to-end.ts'

export interface Jars {
  /** For java -cp. */
  readonly kafkaClassPath: string
  /** For java -jar. */
  readonly registryJar: string
}

const pom = join(import.meta.dirname, 'pom.xml')
const reportEveryMs = 2_000

export async function fetchJars(cache: string, report: (line: string) => void, signal?: AbortSignal): Promise<Jars> {
  // Named by what is in the pom: a changed version is another folder, and a folder with this name is complete.
  const ready = join(cache, createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12))
  if (!existsSync(ready)) await download(cache, ready, report, signal)
  const registry = join(ready, 'registry')
  const runner = readdirSync(registry).find(name => name.endsWith('-runner.jar'))
  return { kafkaClassPath: join(ready, 'kafka', '*'), registryJar: join(registry, runner!) }
}

/** The version of a Java part, as pom.xml has it. */
export function pomVersion(part: 'kafka' | 'registry'): string {
  return new RegExp(`<${part}\\.version>(.+)</`).exec(readFileSync(pom, 'utf8'))![1]!
}

async function download(
  cache: string,
  ready: string,
  report: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  await requireMaven(process.env)
  const lock = await waitForLock(cache, report, signal)
  try {
    await endLeftovers(cache, report)
    if (existsSync(ready)) return // the one that we waited for has done it
    const draft = `${ready}.draft`
    rmSync(draft, { recursive: true, force: true })
    await maven(cache, draft, report, signal)
    renameSync(draft, ready)
  } finally {
    lock.release()
  }
}

async function waitForLock(cache: string, report: (line: string) => void, signal?: AbortSignal): Promise<FolderLock> {
  for (let told = false; ; told = true) {
    signal?.throwIfAborted()
    try {
      return lockFolder(cache)
    } catch (error) {
      if (!(error instanceof StackError && error.code === 'folder-in-use')) throw error
      if (!told) report(`waiting for another start that downloads: ${error.message}`)
      await sleep(250)
    }
  }
}

async function maven(
  cache: string,
  draft: string,
  report: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  report('downloading Kafka and the registry with Maven (about 170 MB, once)')
  const args = ['-B', '-f', pom, `-Djars=${draft}`, 'process-resources']
  const child = startChild({ name: 'maven', folder: cache, command: 'mvn', args, endSignal: 'SIGTERM' })
  const began = performance.now()
  const progress = setInterval(() => report(progressOf(child, began)), reportEveryMs)
  try {
    await endOrAbort(child, signal)
  } finally {
    clearInterval(progress)
  }
  if (child.exitCode() === 0) return
  const cause = /^\[ERROR\] (.+)$/m.exec(written(child))?.[1] ?? child.ended()
  const line = `Maven could not fetch Kafka and the registry: ${cause}; look to the network or a proxy in ~/.m2/settings.xml and start again (its log: ${child.log.path})`
  throw new StackError('maven-failed', line)
}

function progressOf(child: Child, began: number): string {
  const log = written(child)
  const files = log.match(/^\[INFO\] Downloaded from /gm)?.length ?? 0
  const last = /.*\[INFO\] Downloading from \S+ (\S+)/s.exec(log)?.[1]
  const now = last ? `, now ${last.slice(last.lastIndexOf('/') + 1)}` : ''
  return `Maven: ${((performance.now() - began) / 1000).toFixed(0)} s, ${files} files downloaded${now}`
}

const written = ({ log }: Child): string => readFileSync(log.path).subarray(log.from).toString('utf8')
