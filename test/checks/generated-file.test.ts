import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeOrCheck } from './generated-file.ts'

function repository(): string {
  const root = mkdtempSync(join(tmpdir(), 'generated-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'docs'))
  return root
}

test('writes the file, and then it is current', () => {
  const root = repository()
  expect(writeOrCheck('docs/a.md', 'new', { check: false, root })).toEqual([])
  expect(readFileSync(join(root, 'docs/a.md'), 'utf8')).toBe('new')
  expect(writeOrCheck('docs/a.md', 'new', { check: true, root })).toEqual([])
})

test('--check fails with one line on a missing and on a stale file, and writes nothing', () => {
  const root = repository()
  expect(writeOrCheck('docs/a.md', 'new', { check: true, root })).toEqual([
    'docs/a.md is missing: run npm run generate and commit the result',
  ])
  writeFileSync(join(root, 'docs/a.md'), 'old')
  expect(writeOrCheck('docs/a.md', 'new', { check: true, root })).toEqual([
    'docs/a.md is not what the code says now: run npm run generate and commit the result',
  ])
  expect(readFileSync(join(root, 'docs/a.md'), 'utf8')).toBe('old')
})
