import { type Child, type Program, startChild } from './child.ts'
import { StackError } from './errors.ts'
import { logTail } from './log-tail.ts'
import { endTree } from './process-tree.ts'

const limitMs = 2_000

/** Runs a program that ends by itself. Anything but exit code 0 is an error with the end of its log; an abort ends it. */
export async function runToEnd(program: Program, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  const child = startChild(program)
  await endOrAbort(child, signal)
  if (child.exitCode() !== 0) {
    throw new StackError('part-failed', `${program.name} failed: ${child.ended()}`, logTail(child.log))
  }
}

export async function endOrAbort(child: Child, signal: AbortSignal | undefined): Promise<void> {
  const end = (): void => void endTree(child.id, child.endSignal, limitMs)
  signal?.addEventListener('abort', end, { once: true })
  await child.end
  signal?.removeEventListener('abort', end)
  signal?.throwIfAborted()
}
