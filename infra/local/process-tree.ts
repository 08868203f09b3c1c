/**
 * Signals to a process and all below it. A process group would not do: every PostgreSQL backend makes itself a session
 * and group of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, type ProcessId, signal, treeOf } from './process-table.ts'

/** SIGSTOP to the whole tree: again until nobody is new in it, since one that is not yet stopped can still fork. */
export function freezeTree(root: ProcessId): ProcessId[] {
  const frozen = new Map<number, ProcessId>()
  for (;;) {
    const fresh = treeOf(root).filter(id => frozen.get(id.pid)?.startedAt !== id.startedAt)
    if (fresh.length === 0) return [...frozen.values()]
    for (const id of fresh) {
      signal(id, 'SIGSTOP')
      frozen.set(id.pid, id)
    }
  }
}

export function thawTree(root: ProcessId): void {
  for (const id of treeOf(root)) signal(id, 'SIGCONT')
}

/** SIGKILL to the whole tree, at once: what is left of it dies without another word. Gives those that were hit. */
export function killTreeNow(root: ProcessId): ProcessId[] {
  const all = freezeTree(root) // else a child that loses its parent first is no longer found below it
  for (const id of all) signal(id, 'SIGKILL')
  return all
}

export async function killTree(root: ProcessId): Promise<void> {
  for (const id of killTreeNow(root)) await gone(id)
}

/**
 * Asks the root to end, as its manual says, and waits for all below it too: what loses its parent may still have to tidy up,
 * as the server that initdb feeds does. Kills what has not ended within the limit.
 */
export async function endTree(root: ProcessId, how: NodeJS.Signals, limitMs: number): Promise<void> {
  thawTree(root) // a stopped process hears nothing but SIGKILL
  const all = treeOf(root)
  signal(root, how)
  const deadline = performance.now() + limitMs
  while (all.some(isAlive) && performance.now() < deadline) await sleep(10)
  for (const id of all) await killTree(id)
}

/** A SIGKILL is obeyed when the kernel gets to it: until then the port and the files are still held. */
async function gone(id: ProcessId): Promise<void> {
  while (isAlive(id)) await sleep(5)
}
