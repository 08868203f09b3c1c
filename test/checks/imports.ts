import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readImports } from '../../shared/src/testing/conformance/read-imports.ts'
import { judge } from './import-rules.ts'
import { report } from './report.ts'
import { sourceFiles } from './source-files.ts'

const folders = ['services', 'shared', 'schemas', 'infra', 'test']

/** Imports point inward: services -> saga-kit -> its core, and no service knows another. */
export function checkImports(root: string): string[] {
  return sourceFiles(root, folders).flatMap(file => judge(file, readImports(readFileSync(join(root, file), 'utf8'))))
}

// node test/checks/imports.ts [root]
if (import.meta.main) {
  const root = resolve(process.argv[2] ?? join(import.meta.dirname, '../..'))
  report(checkImports(root), `imports point inward in ${sourceFiles(root, folders).length} files`)
}
