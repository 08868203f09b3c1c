/**
 * One launcher to a folder. The lock is the file `launcher.N` with the highest N; it names its holder, and it is held as
 * long as that process lives, so a launcher killed with -9 holds nothing.
 *
 * A stale lock is not removed and made again: between the two steps of that, a second launcher that had read the same
 * stale lock would remove the first one's fresh lock. It is outbid by `launcher.N+1`, which only one can create.
 */
import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StackError } from './errors.ts'
import { identify, isAlive, type ProcessId } from './process-table.ts'

export interface FolderLock {
  release(): void
}

interface Holder extends ProcessId {
  readonly command: string
  readonly since: string
}

export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true })
  for (;;) {
    const number = highest(folder)
    const holder = readHolder(folder, number)
    if (holder && isAlive(holder)) throw inUse(folder, holder)
    if (claim(folder, number + 1)) return { release: () => writeFileSync(lockFile(folder, number + 1), '') }
  }
}

/** True when a launcher once held the folder, and none does now. One that is just being made was never held. */
export function isAbandoned(folder: string): boolean {
  if (!existsSync(folder)) return false
  const number = highest(folder)
  const holder = readHolder(folder, number)
  return number > 0 && !(holder && isAlive(holder))
}

const lockFile = (folder: string, number: number): string => join(folder, `launcher.${number}`)

/** The lock appears with its content or not at all: link refuses an existing name and is one step. */
function claim(folder: string, number: number): boolean {
  const draft = join(folder, `.launcher-${randomUUID()}`)
  const holder: Holder = {
    ...identify(process.pid)!,
    command: process.argv.slice(1).join(' '),
    since: new Date().toISOString(),
  }
  writeFileSync(draft, JSON.stringify(holder))
  try {
    linkSync(draft, lockFile(folder, number))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
  for (const lower of numbers(folder)) if (lower < number) rmSync(lockFile(folder, lower), { force: true })
  return true
}

const numbers = (folder: string): number[] =>
  readdirSync(folder).flatMap(name => (/^launcher\.\d+$/.test(name) ? Number(name.slice('launcher.'.length)) : []))

const highest = (folder: string): number => Math.max(0, ...numbers(folder))

/** Nobody, when the lock was released (it is empty then) or was outbid while we looked. */
function readHolder(folder: string, number: number): Holder | undefined {
  try {
    return JSON.parse(readFileSync(lockFile(folder, number), 'utf8')) as Holder
  } catch {
    return undefined
  }
}

function inUse(folder: string, { pid, command, since }: Holder): StackError {
  const line = `the folder ${folder} is in use by process ${pid} (${command}) since ${since}: stop that one, or use another folder`
  return new StackError('folder-in-use', line)
}
