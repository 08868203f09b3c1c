import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const read = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8')

test('the README lists every error code', () => {
  const codes = [...read('errors.ts').matchAll(/^ {2}\| '([a-z-]+)'$/gm)].map(([, code]) => code)
  const listed = [...read('README.md').matchAll(/^\| ([a-z]+-[a-z-]+) \|/gm)].map(([, code]) => code)
  expect(codes.length).toBeGreaterThan(0)
  expect(listed).toEqual(codes)
})

test('the README lists every port setting', () => {
  const settings = [...read('ports.ts').matchAll(/variable: '(\w+)', port: (\d+)/g)].map(
    ([, name, port]) => `| ${name} | ${port} |`,
  )
  expect(settings).toHaveLength(3)
  for (const row of settings) expect(read('README.md')).toContain(row)
})
