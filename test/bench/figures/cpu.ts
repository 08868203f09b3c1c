import { readFileSync } from 'node:fs'
import { type ProcessId, treeOf } from '../../../infra/local/process-table.ts'

/** proc(5): times are in ticks of 1/100 s, on every Linux of today (sysconf(_SC_CLK_TCK)). */
const microsPerTick = 10_000

/**
 * CPU time that a process and all below it have used, in microseconds. Children that ended are in it, since their parent has
 * waited for them: PostgreSQL's workers come and go.
 * @param except pids below it that are somebody else's
 */
export function cpuMicrosOf(root: ProcessId, except: readonly number[] = []): number {
  const tree = treeOf(root).filter(({ pid }) => !except.includes(pid))
  const ticks = tree.map(({ pid }) => {
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = timesOf(pid)
    return user + system + (pid === root.pid ? endedUser + endedSystem : 0)
  })
  return ticks.reduce((sum, each) => sum + each, 0) * microsPerTick
}

/** utime, stime, cutime, cstime. */
function timesOf(pid: number): number[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15)
      .map(Number)
  } catch {
    return [] // ended while we looked; its parent has its times
  }
}
