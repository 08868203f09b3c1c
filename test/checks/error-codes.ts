import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { problemCatalogue } from '../../shared/src/http/problems.ts'
import { repository } from './generated-file.ts'
import { report } from './report.ts'
import { sourceFiles } from './source-files.ts'

const code = `'([a-z][a-z0-9-]+)'`
const thrown = new RegExp(`new (?:StartError|PermanentError)\\(\\s*${code}`, 'g')
/** A problem of the console's own. */
const answered = new RegExp(`ownProblem\\(\\s*\\d+,\\s*'[^']*',\\s*${code}`, 'g')
/** A function of the file that throws with the code it is given: `const wrong = (code: string, message: string): never =>`. */
const thrower = /const (\w+) = \(code: string, message: string\): never/g

/** The codes of StartErrors, PermanentErrors and own problems in a source file. */
export function codesIn(source: string): string[] {
  const throwers = [...source.matchAll(thrower)].map(([, name]) => name!)
  const calls = throwers.flatMap(name => [...source.matchAll(new RegExp(`\\b${name}\\(\\s*${code}\\s*,`, 'g'))])
  return [...source.matchAll(thrown), ...source.matchAll(answered), ...calls].map(([, found]) => found!)
}

/** docs/errors.md lists each code in the first column of a table: `| \`code\` |`. */
export const codesListed = (page: string) =>
  [...page.matchAll(/^\| `([a-z][a-z0-9-]+)` \|/gm)].map(([, listed]) => listed!)

export function checkErrorCodes(root: string): string[] {
  const sources = sourceFiles(root, ['shared/src', 'services/console/src']).filter(
    file => !/\.(test|fixture)\.ts$/.test(file),
  )
  const texts = new Map(sources.map(file => [file, readFileSync(join(root, file), 'utf8')]))
  const listed = new Set(codesListed(readFileSync(join(root, 'docs/errors.md'), 'utf8')))

  const missing = [...texts].flatMap(([file, text]) =>
    codesIn(text)
      .filter(found => !listed.has(found))
      .map(found => `${file}: the error ${found} is not in docs/errors.md`),
  )
  const unlisted = Object.keys(problemCatalogue)
    .filter(found => !listed.has(found))
    .map(found => `shared/src/http/problems.ts: the problem ${found} is not in docs/errors.md`)
  const inCode = (name: string) =>
    name in problemCatalogue || [...texts.values()].some(text => text.includes(`'${name}'`))
  const stale = [...listed]
    .filter(name => !inCode(name))
    .map(name => `docs/errors.md: lists ${name}, which no code in shared/src or services/console names`)
  return [...new Set([...missing, ...unlisted, ...stale])]
}

// node test/checks/error-codes.ts [root]
if (import.meta.main) report(checkErrorCodes(resolve(process.argv[2] ?? repository)), 'docs/errors.md lists every code')
