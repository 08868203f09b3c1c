import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exit } from '../../shared/src/cli/exit.ts'
import { helpTexts, withHelp } from './command-line.ts'
import { repository } from './generated-file.ts'

test('the help of each command with its own options, and with that of `saga` those of all', () => {
  const helps = helpTexts()
  expect([...helps.keys()]).toEqual([
    ...['saga', 'saga dlq', 'saga dlq list', 'saga dlq show', 'saga dlq replay', 'saga dlq discard'],
    ...['saga trace', 'saga audit', 'saga status', 'saga check', 'saga graph'],
  ])
  expect(helps.get('saga dlq list')).toMatch(/--group-by <what>[\s\S]*Examples?:/)
  expect([...helps].filter(([, help]) => help.includes('--brokers')).map(([name]) => name)).toEqual(['saga'])
})

test('fills the block behind a marker, again and again, and misses a command without one', () => {
  const helps = new Map([['saga x', 'usage']])
  const once = withHelp('a\n<!-- saga x --help -->\nb\n', helps)
  expect(once).toBe('a\n<!-- saga x --help -->\n```text\nusage\n```\nb\n')
  expect(withHelp(once, new Map([['saga x', 'new $1']]))).toBe('a\n<!-- saga x --help -->\n```text\nnew $1\n```\nb\n')
  expect(() => withHelp(once, new Map([['saga y', '']]))).toThrow('has no <!-- saga y --help -->')
})

test('the page lists each exit code, and no other', () => {
  const page = readFileSync(join(repository, 'docs/operating.md'), 'utf8')
  const listed = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code))
  expect(listed.toSorted((a, b) => a - b)).toEqual(Object.values(exit).toSorted((a, b) => a - b))
})
