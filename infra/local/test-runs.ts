/** The data folders of test runs: one each, beside one another, gone when the run is. */
import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { StackError } from './errors.ts'
import { isAbandoned, lockFolder } from './folder-lock.ts'
import { endLeftovers } from './leftovers.ts'

export const newRun = (runs: string): string => join(runs, randomUUID())

/** A run that was killed with -9 left its processes and its data, and no later run starts on the same folder. */
export async function removeAbandonedRuns(runs: string, report: (line: string) => void): Promise<void> {
  if (!existsSync(runs)) return
  const abandoned = readdirSync(runs)
    .map(name => join(runs, name))
    .filter(isAbandoned)
  await Promise.all(abandoned.map(folder => remove(folder, report)))
}

async function remove(folder: string, report: (line: string) => void): Promise<void> {
  try {
    lockFolder(folder)
  } catch (error) {
    if (error instanceof StackError && error.code === 'folder-in-use') return // another run is at it
    throw error
  }
  await endLeftovers(folder, report)
  rmSync(folder, { recursive: true, force: true })
}
