import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const bin = join(import.meta.dirname, 'saga.js')
const run = (file: string, args: string[], cwd: string) =>
  spawnSync(process.execPath, [file, ...args], { cwd, encoding: 'utf8', env: { PATH: process.env.PATH } })

/** The bin as it behaves on a Node that is too old: it needs one that is not there yet. */
function onOldNode() {
  const folder = mkdtempSync(join(tmpdir(), 'bin-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
  const file = join(folder, 'saga.js')
  writeFileSync(file, readFileSync(bin, 'utf8').replace('const needed = 24', 'const needed = 999'))
  return { folder, file }
}

test('it runs from anywhere, and says nothing of what is experimental in Node', () => {
  const { status, stderr, stdout } = run(bin, ['--version'], tmpdir())
  expect([status, stderr, stdout]).toEqual([0, '', expect.stringMatching(/^\d+\.\d+\.\d+\n$/)])
})

test('a Node that is too old is told in one line', () => {
  const { folder, file } = onOldNode()
  const { status, stderr } = run(file, ['status'], folder)
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^saga: needs Node\.js 999 or later, and this is .*\n$/)])
})

test("a project's own Node is taken instead, with the arguments and the exit code", () => {
  const { folder, file } = onOldNode()
  const node = join(folder, 'node_modules/node')
  mkdirSync(join(node, 'bin'), { recursive: true })
  writeFileSync(join(node, 'package.json'), '{"version": "999.1.0"}')
  writeFileSync(join(node, 'bin/node'), '#!/bin/sh\necho "$@"\nexit 4\n')
  chmodSync(join(node, 'bin/node'), 0o755)
  const below = join(folder, 'services/order')
  mkdirSync(below, { recursive: true })
  const { status, stdout } = run(file, ['trace', 'a b'], below)
  expect([status, stdout]).toEqual([4, `${file} trace a b\n`])
})
