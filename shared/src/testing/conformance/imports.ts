import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import { type Check, nothing } from './check.ts'
import { readImports } from './read-imports.ts'

/** A file of handlers reaches, by itself and by what it imports, only the kit and packages that are known to be pure. */
export function imports(entry: URL, pure: readonly string[]): Check {
  return {
    title: 'handlers import the kit and pure packages only',
    check: async () => nothing(impureImports(entry, new Set(['saga-kit', ...pure]))),
  }
}

function impureImports(entry: URL, allowed: ReadonlySet<string>): string[] {
  const found: string[] = []
  const seen = new Set<string>()
  for (const next = [entry]; next.length > 0; ) {
    const file = next.pop()!
    if (seen.has(file.href)) continue
    seen.add(file.href)
    // Types are gone when it runs.
    for (const { specifier, line } of readImports(readFileSync(file, 'utf8')).filter(({ isType }) => !isType)) {
      const target = specifier.startsWith('.') ? new URL(specifier, file) : undefined
      if (target && existsSync(target)) next.push(target)
      else if (!allowed.has(specifier)) {
        const remedy = isBuiltin(specifier)
          ? 'let an effect or a route do that, and import it where the service is started'
          : 'if it is pure, name it in `pure`; else import it where the service is started'
        found.push(`${fileURLToPath(file)}:${line} imports ${specifier}: ${remedy}`)
      }
    }
  }
  return found
}
