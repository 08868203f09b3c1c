/** Starts a program as a child that is recorded before it runs, so that the next launcher finds it should this one die. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { StackError } from './errors.ts'
import { identify, type ProcessId, signal } from './process-table.ts'
import { killTreeNow, thawTree } from './process-tree.ts'

export interface Program {
  /** Name of its pid file and log file. */
  readonly name: string
  /** Where its pid file goes: a folder that this launcher has locked. */
  readonly folder: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Who runs it, when not the launcher's own user. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
  /** What asks it to end in order. */
  readonly endSignal: NodeJS.Signals
  /** What ends it without care for its data, where SIGKILL would leave something behind outside of that. */
  readonly discardSignal?: NodeJS.Signals
}

export interface Child {
  readonly id: ProcessId
  readonly name: string
  readonly endSignal: NodeJS.Signals
  readonly discardSignal: NodeJS.Signals
  readonly log: LogFile
  /** How it ended, for people; undefined while it runs. */
  readonly ended: () => string | undefined
  readonly end: Promise<string>
  readonly exitCode: () => number | null
}

export interface LogFile {
  readonly path: string
  /** Where in the file this run of the program begins. */
  readonly from: number
}

const maxLogBytes = 20 * 1024 * 1024

export const pidFile = (folder: string, name: string): string => join(folder, `${name}.pid`)
export const logFile = (folder: string, name: string): string => join(folder, 'logs', `${name}.log`)

/**
 * The shell waits for a line before it becomes the program, and the line comes once the pid file is written. A launcher
 * that is killed in between closes the pipe, and the shell ends: there is no instant in which the program runs unrecorded.
 */
export const gate = 'read -r go <&3 && exec "$@" 3<&-'

export function startChild(program: Program): Child {
  const { name, folder, command, args, env, user, endSignal, discardSignal = 'SIGKILL' } = program
  const log = openLog(logFile(folder, name))
  const child = spawn('/bin/sh', ['-c', gate, 'sh', command, ...args], {
    cwd: folder,
    detached: true, // a group of its own: Ctrl-C in the terminal is for the launcher, which then stops all in order
    stdio: ['ignore', log.descriptor, log.descriptor, 'pipe'],
    env: { ...process.env, ...env },
    ...user,
  })
  closeSync(log.descriptor)
  const end = endOf(child)
  if (child.pid === undefined)
    throw new StackError('part-failed', `${name} did not start: no /bin/sh, or no process to be had`)

  // Ctrl-C can reach it in the instant before it has a group of its own. It is then told as any end is, after the launcher
  // has heard of the Ctrl-C itself.
  const id = identify(child.pid) ?? { pid: child.pid, startedAt: 'ended as it was started' }
  writeFileSync(pidFile(folder, name), JSON.stringify({ ...id, name, endSignal }))
  endedAtExit.set(id, discardSignal)
  const go = child.stdio[3] as Duplex
  go.on('error', () => {}) // killed before it read the line
  go.end('go\n')

  let ended: string | undefined
  void end.then(how => {
    ended = how
    endedAtExit.delete(id)
    rmSync(pidFile(folder, name), { force: true })
  })
  return { id, name, endSignal, discardSignal, log, end, ended: () => ended, exitCode: () => child.exitCode }
}

function openLog(path: string): LogFile & { descriptor: number } {
  mkdirSync(dirname(path), { recursive: true })
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) renameSync(path, `${path}.old`)
  const descriptor = openSync(path, 'a')
  return { path, from: statSync(path).size, descriptor }
}

const endOf = (child: ChildProcess): Promise<string> =>
  new Promise(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('exit', (code, killer) => resolve(killer ? `killed by ${killer}` : `exit code ${code}`))
  })

/** A launcher that ends in any way but SIGKILL takes its children along. It can wait for nobody here. */
const endedAtExit = new Map<ProcessId, NodeJS.Signals>()
process.once('exit', () => {
  for (const [id, how] of endedAtExit) {
    if (how === 'SIGKILL') killTreeNow(id)
    else {
      thawTree(id)
      signal(id, how)
    }
  }
})
