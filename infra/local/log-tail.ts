import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { LogFile } from './child.ts'

const maxBytes = 64 * 1024

/** The last lines that this run of the program wrote, each indented, under the name of the file. */
export function logTail(log: LogFile, lines = 15): string {
  const descriptor = openSync(log.path, 'r')
  try {
    const size = fstatSync(descriptor).size
    const from = Math.max(log.from, size - maxBytes)
    const bytes = Buffer.alloc(Math.max(0, size - from))
    readSync(descriptor, bytes, 0, bytes.length, from)
    const last = bytes.toString('utf8').trimEnd().split('\n').slice(-lines)
    return [`  the end of ${log.path}:`, ...last.map(line => `  | ${line}`)].join('\n')
  } finally {
    closeSync(descriptor)
  }
}
