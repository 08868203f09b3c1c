import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { codesIn, codesListed } from './error-codes.ts'
import { repository } from './generated-file.ts'

test('finds the codes, also of functions that throw with the code they are given', () => {
  const source = `
    const wrong = (code: string, message: string): never => { throw new StartError(code, message) }
    wrong('two-topics', 'x'); throw new PermanentError(
      'undeclared-key', 'x')
    new StartError(error.code, 'x'); other('not-a-code', 'x')`
  expect(codesIn(source).sort()).toEqual(['two-topics', 'undeclared-key'])
})

test('reads the first column of tables', () =>
  expect(codesListed('| Code | x |\n|---|---|\n| `a-b` | `c-d` |\n`e-f`\n')).toEqual(['a-b']))

test('fails with one line for each code that the page lacks, and each that the code lacks', () => {
  const root = mkdtempSync(join(tmpdir(), 'errors-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'docs'))
  mkdirSync(join(root, 'shared/src/http'), { recursive: true })
  cpSync(join(repository, 'shared/src/http/problems.ts'), join(root, 'shared/src/http/problems.ts'))
  writeFileSync(join(root, 'shared/src/a.ts'), `throw new StartError('brand-new', 'x')`)
  const page = readFileSync(join(repository, 'docs/errors.md'), 'utf8')
  const problems = page.slice(0, page.indexOf("A service's own refusals"))
  writeFileSync(
    join(root, 'docs/errors.md'),
    `${problems.replace('| `saga-busy`', '| saga-busy')}\n| \`long-gone\` | x |\n`,
  )

  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'error-codes.ts'), root], {
    encoding: 'utf8',
  })
  expect(stderr.trim().split('\n')).toEqual([
    'shared/src/a.ts: the error brand-new is not in docs/errors.md',
    'shared/src/http/problems.ts: the problem saga-busy is not in docs/errors.md',
    'docs/errors.md: lists long-gone, which no code in shared/src or services/console names',
  ])
  expect(status).toBe(1)
})
