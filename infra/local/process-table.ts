/** Who runs on this machine: from /proc on Linux (slim images have no ps), by ps elsewhere. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

/**
 * One process and no other: a pid alone comes back in another process, with the time of its start it does not.
 * `startedAt` is opaque, and on Linux names the boot too, since the kernel counts ticks from it.
 */
export interface ProcessId {
  readonly pid: number
  readonly startedAt: string
}

interface Row extends ProcessId {
  readonly parent: number
}

const hasProc = existsSync('/proc/self/stat')
const bootId = hasProc ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() : ''

export function identify(pid: number): ProcessId | undefined {
  const row = hasProc ? procRow(pid) : psRows(['-p', String(pid)])[0]
  return row && { pid: row.pid, startedAt: row.startedAt }
}

export const isAlive = (id: ProcessId): boolean => identify(id.pid)?.startedAt === id.startedAt

/** The process's children, their children and so on, the process itself first; empty when it is gone. */
export function treeOf(id: ProcessId): ProcessId[] {
  const rows = hasProc ? procRows() : psRows(['-A'])
  const tree = rows.filter(row => row.pid === id.pid && row.startedAt === id.startedAt)
  for (let at = 0; at < tree.length; at++) tree.push(...rows.filter(row => row.parent === tree[at]!.pid))
  return tree.map(({ pid, startedAt }) => ({ pid, startedAt }))
}

/** The processes that work in the folder (Linux; elsewhere none are found). */
export function workingIn(folder: string): ProcessId[] {
  if (!hasProc) return []
  return procRows()
    .filter(row => linkTarget(`/proc/${row.pid}/cwd`) === folder)
    .map(({ pid, startedAt }) => ({ pid, startedAt }))
}

export function signal(id: ProcessId, name: NodeJS.Signals): void {
  if (!isAlive(id)) return
  try {
    process.kill(id.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function procRows(): Row[] {
  return readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? (procRow(Number(name)) ?? []) : []))
}

/** proc(5), /proc/pid/stat: `pid (command) state ppid ... starttime` with anything at all inside the parentheses. */
function procRow(pid: number): Row | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // A zombie is dead: it waits for a parent that may never look (pid 1 of many containers does not).
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined
  return { pid, parent: Number(fields[1]), startedAt: `${bootId}/${fields[19]}` }
}

function psRows(which: string[]): Row[] {
  let text: string
  try {
    text = execFileSync('ps', [...which, '-o', 'pid=,ppid=,stat=,lstart='], { encoding: 'utf8' })
  } catch {
    return [] // ps -p ends with 1 when there is no such process
  }
  return text.split('\n').flatMap(line => {
    const [, pid, parent, state, startedAt] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? []
    if (pid === undefined || startedAt === undefined || state?.startsWith('Z')) return []
    return [{ pid: Number(pid), parent: Number(parent), startedAt }]
  })
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
