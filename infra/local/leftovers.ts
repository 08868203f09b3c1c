/** Ends what a dead launcher left running. Call it only with the folder's lock held: then nobody living owns its pid files. */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, type ProcessId } from './process-table.ts'
import { endTree } from './process-tree.ts'

interface Recorded extends ProcessId {
  readonly name: string
  readonly endSignal: NodeJS.Signals
}

export async function endLeftovers(folder: string, report: (line: string) => void, limitMs = 10_000): Promise<void> {
  const files = readdirSync(folder).filter(name => name.endsWith('.pid'))
  await Promise.all(
    files.map(async name => {
      const path = join(folder, name)
      const recorded = read(path)
      if (recorded && isAlive(recorded)) {
        report(`stopping ${recorded.name} (process ${recorded.pid}), left by a launcher that was killed`)
        await endTree(recorded, recorded.endSignal, limitMs)
      }
      rmSync(path, { force: true })
    }),
  )
}

/** Undefined for a file that was cut off: its program was never let go (see child.ts). */
function read(path: string): Recorded | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Recorded
  } catch {
    return undefined
  }
}
