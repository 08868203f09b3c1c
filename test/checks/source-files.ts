import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

const notOurs = new Set(['node_modules', 'dist', '.local', '.turbo', '.git', 'coverage'])

/** The .ts files below these folders, as paths from `root` with forward slashes. */
export function sourceFiles(root: string, folders: readonly string[]): string[] {
  const below = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
      if (notOurs.has(entry.name)) return []
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return below(path)
      return entry.name.endsWith('.ts') ? [relative(root, path).replaceAll('\\', '/')] : []
    })
  return folders
    .map(folder => join(root, folder))
    .filter(folder => existsSync(folder))
    .flatMap(below)
    .sort()
}
