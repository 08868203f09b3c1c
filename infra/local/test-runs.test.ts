import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { lockFolder } from './folder-lock.ts'
import { newRun, removeAbandonedRuns } from './test-runs.ts'
import { commandsNaming, temporaryFolder } from './test-stack.ts'

const url = (file: string): string => JSON.stringify(join(import.meta.dirname, file))

/** A run as the global setup makes it, with one child instead of three parts. */
const launcher = `
  import { lockFolder } from ${url('folder-lock.ts')}
  import { startChild } from ${url('child.ts')}
  const folder = process.argv[1]
  lockFolder(folder)
  startChild({ name: 'part', folder, command: '/bin/sh', args: ['-c', 'while :; do sleep 0.05; done', folder], endSignal: 'SIGTERM' })
  console.log('started')
  setInterval(() => {}, 1000)`

test('a run that was killed is ended and removed; one that goes on, or only begins, is left alone', async () => {
  const runs = temporaryFolder()
  const killed = newRun(runs)
  const process = spawn(globalThis.process.execPath, ['--input-type=module', '-e', launcher, killed])
  onTestFinished(() => void process.kill('SIGKILL'))
  await once(process.stdout, 'data')
  process.kill('SIGKILL')
  await once(process, 'exit')
  expect(commandsNaming(killed)).not.toEqual([])

  const going = newRun(runs)
  lockFolder(going)
  const beginning = newRun(runs) // its lock comes next
  mkdirSync(beginning)

  const lines: string[] = []
  await removeAbandonedRuns(runs, line => lines.push(line))
  expect(commandsNaming(killed)).toEqual([])
  expect(
    readdirSync(runs)
      .map(name => join(runs, name))
      .sort(),
  ).toEqual([going, beginning].sort())
  expect(lines).toEqual([expect.stringMatching(/^stopping part \(process \d+\), left by a launcher that was killed$/)])
})
