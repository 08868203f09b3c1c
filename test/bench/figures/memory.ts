import { readFileSync } from 'node:fs'
import type { ProcessId } from '../../../infra/local/process-table.ts'

/** Resident memory of one process, in bytes (proc(5), VmRSS is in kB); 0 when it has ended. */
export function residentBytes({ pid }: ProcessId): number {
  try {
    return 1_024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
