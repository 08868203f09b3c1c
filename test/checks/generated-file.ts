import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { report } from './report.ts'

export const repository = join(import.meta.dirname, '../..')

/** Writes a generated file, or with `--check` says that it is not what it would be now. */
export function writeOrCheck(
  file: string,
  wanted: string,
  o: { readonly check: boolean; readonly root?: string },
): string[] {
  const path = join(o.root ?? repository, file)
  const current = existsSync(path) ? readFileSync(path, 'utf8') : undefined
  if (current === wanted) return []
  if (o.check)
    return [
      `${file} is ${current === undefined ? 'missing' : 'not what the code says now'}: run npm run generate and commit the result`,
    ]
  writeFileSync(path, wanted)
  return []
}

/** The command line of a generator: `node <generator> [--check]`. */
export function generatorMain(file: string, wanted: string): void {
  const check = process.argv.includes('--check')
  report(writeOrCheck(file, wanted, { check }), `${file} is current`)
}
