import { execFileSync } from 'node:child_process'
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk {
  readonly folder: string
  /** Leaves not one byte. */
  fill(): void
  /** Gives back what was filled. */
  free(): void
  unmount(): void
}

const prefix = 'saga-disk-'

/**
 * A disk of so many megabytes, in memory. Linux lets only root mount one.
 * @throws Error when this process may not
 */
export function mountSmallDisk(megabytes: number): SmallDisk {
  unmountAbandoned()
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' })
  } catch (error) {
    rmSync(folder, { recursive: true })
    const said = String((error as { stderr?: Buffer }).stderr ?? error).trim()
    throw new Error(`no disk could be mounted: ${said}`, { cause: error })
  }
  // PostgreSQL may have to run as another user.
  chmodSync(folder, 0o711)
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill() {
      const file = openSync(ballast, 'a')
      try {
        for (let bytes = 1 << 20; bytes > 0; ) {
          try {
            writeSync(file, Buffer.alloc(bytes))
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
            bytes >>= 1
          }
        }
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    unmount: () => unmount(folder),
  }
}

function unmount(folder: string): void {
  execFileSync('umount', ['--lazy', folder])
  rmSync(folder, { recursive: true, force: true })
}

/** Of a run that was killed: nobody else gives the memory back. */
function unmountAbandoned(): void {
  for (const line of readFileSync('/proc/mounts', 'utf8').split('\n')) {
    const folder = line.split(' ')[1] ?? ''
    const [, pid] = new RegExp(`/${prefix}(\\d+)-[^/]*$`).exec(folder) ?? []
    if (pid && !isAlive(Number(pid))) unmount(folder)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
