import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'

/** Formats source as `biome check --write` would, so that the generated file never fails the format check. */
export function format(source: string, path: string): string {
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
  return execFileSync(process.execPath, [biome, 'check', '--write', `--stdin-file-path=${path}`], {
    input: source,
    encoding: 'utf8',
    cwd: import.meta.dirname,
  })
}
