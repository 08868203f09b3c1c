/** What the tests of the stack itself need: folders of their own, and a look at who still runs in them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stack-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Command lines of the living processes that name the folder, other than this one's (Linux). */
export function commandsNaming(folder: string): string[] {
  return readdirSync('/proc').flatMap(name => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return []
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
      return command.includes(folder) ? [`${name}: ${command}`] : []
    } catch {
      return [] // ended while we looked
    }
  })
}

/** The lines reported, and a promise of the first that matches. */
export function listener(): {
  lines: string[]
  report: (line: string) => void
  heard: (what: RegExp) => Promise<string>
} {
  const lines: string[] = []
  const waiting: { what: RegExp; resolve: (line: string) => void }[] = []
  return {
    lines,
    report: line => {
      lines.push(line)
      for (const { what, resolve } of waiting) if (what.test(line)) resolve(line)
    },
    heard: what => {
      const line = lines.find(line => what.test(line))
      return line === undefined ? new Promise(resolve => waiting.push({ what, resolve })) : Promise.resolve(line)
    },
  }
}
