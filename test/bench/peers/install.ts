import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The peers' packages, when they are not there yet or others are wanted now: about 240 MB, which nobody else should have to wait for. Their versions are
 * in the lock file beside this one. No scripts are run: none of them is needed.
 */
export function installPeers(say: (line: string) => void): void {
  const changedMs = (path: string) => statSync(join(import.meta.dirname, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (changedMs('node_modules/.package-lock.json') > changedMs('package-lock.json')) return
  say('installing the peers')
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: import.meta.dirname, stdio: ['ignore', 'ignore', 'inherit'] })
}
