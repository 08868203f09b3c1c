import { readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runToEnd } from '../local/run-to-end.ts'

const root = resolve(import.meta.dirname, '../..')
const consoleFolder = join(root, 'services/console')
const pages = join(consoleFolder, 'dist')
const madeOf = [
  'web/index.html',
  'web/public',
  'web/src',
  'src/contract.ts',
  'vite.config.ts',
  '../../package-lock.json',
]

/** Builds the console's pages unless they are there, and younger than what they are made of. @throws StackError part-failed */
export async function buildPages(o: { folder: string; report: (line: string) => void; signal: AbortSignal }) {
  const builtAtMs = statSync(join(pages, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (madeOf.every(source => youngest(join(consoleFolder, source)) < builtAtMs)) return
  o.report('building the pages of the console')
  // Elsewhere first: another launcher's console may be reading the old ones.
  const fresh = join(consoleFolder, '.local', `pages-${process.pid}`)
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const build = ['build', join(consoleFolder, 'web'), '--config', join(consoleFolder, 'vite.config.ts')]
  await runToEnd(
    {
      ...{ name: 'console-pages', folder: o.folder, command: process.execPath, endSignal: 'SIGTERM' },
      args: [vite, ...build, '--outDir', fresh, '--emptyOutDir'],
    },
    o.signal,
  )
  rmSync(pages, { recursive: true, force: true })
  renameSync(fresh, pages)
}

function youngest(path: string): number {
  const found = statSync(path)
  if (!found.isDirectory()) return found.mtimeMs
  return Math.max(0, ...readdirSync(path).map(name => youngest(join(path, name))))
}
