export interface Import {
  readonly specifier: string
  /** `import type`: gone at run time. */
  readonly isType: boolean
  readonly line: number
}

// At the start of a line, which keeps the code inside a generator's templates out.
const staticImport =
  /^(?:import|export)\s+(?<type>type\s+)?(?:[\w$*{},\s]+?\sfrom\s+)?(?<quote>['"])(?<from>[^'"\n]+)\k<quote>/gm
const dynamicImport = /\bimport\(\s*(?<quote>['"`])(?<from>[^'"`\n]+)\k<quote>/g

/** Every module that a source file names, `import('x')` too. What stands in a comment does not count. */
export function readImports(source: string): Import[] {
  const code = source
    .replace(/\/\*[\s\S]*?\*\//g, comment => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|\s)\/\/.*$/gm, '$1')
  return [staticImport, dynamicImport].flatMap(pattern =>
    [...code.matchAll(pattern)].map(({ groups, index }) => ({
      specifier: groups?.from ?? '',
      isType: groups?.type !== undefined,
      line: code.slice(0, index).split('\n').length,
    })),
  )
}
