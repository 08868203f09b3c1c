import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Packages of a folder outside the workspaces, which nobody else should have to wait for: when they are not there yet or
 * others are wanted now. Their versions are in the folder's lock file. No scripts are run: none of them is needed.
 */
export function installPackages(folder: string, say: (line: string) => void): void {
  const changedMs = (path: string) => statSync(join(folder, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (changedMs('node_modules/.package-lock.json') > changedMs('package-lock.json')) return
  say(`installing the packages of ${folder}`)
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
}
