import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { gate, pidFile, startChild } from './child.ts'
import { endLeftovers } from './leftovers.ts'
import { identify, isAlive, treeOf } from './process-table.ts'
import { endTree, freezeTree, killTree, thawTree } from './process-tree.ts'
import { temporaryFolder } from './test-stack.ts'

/** A shell with a child in a session of its own, as a PostgreSQL backend has. */
const family = { command: '/bin/sh', args: ['-c', 'setsid sleep 60 & sleep 60'], endSignal: 'SIGTERM' } as const

const stateOf = (pid: number): string => /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))![1]!

async function startFamily(folder: string) {
  const child = startChild({ ...family, name: 'family', folder })
  onTestFinished(() => killTree(child.id))
  await expect.poll(() => treeOf(child.id).length).toBe(3)
  return child
}

test('a child is recorded while it runs, and not after', async () => {
  const folder = temporaryFolder()
  const child = await startFamily(folder)
  expect(JSON.parse(readFileSync(pidFile(folder, 'family'), 'utf8'))).toMatchObject(child.id)
  await killTree(child.id)
  expect(await child.end).toBe('killed by SIGKILL')
  expect(existsSync(pidFile(folder, 'family'))).toBe(false)
})

test('a launcher that dies before it has recorded its child has no child', async () => {
  const ran = join(temporaryFolder(), 'ran')
  const child = spawn('/bin/sh', ['-c', gate, 'sh', 'touch', ran], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  child.stdio[3]!.destroy() // what the kernel does with a dead launcher's end of the pipe
  await once(child, 'exit')
  expect(existsSync(ran)).toBe(false)
})

test('a child that Ctrl-C hits before it has a group of its own is one that ended', async () => {
  const fixture = join(import.meta.dirname, 'interrupted.fixture.ts')
  const child = spawn(process.execPath, [fixture, temporaryFolder()], { detached: true })
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', bytes => said.push(bytes))
  await once(child, 'close')
  expect(Buffer.concat(said).toString()).toBe('killed by SIGINT\n')
})

test('freezing, thawing and killing reach grandchildren in sessions of their own', async () => {
  const { id } = await startFamily(temporaryFolder())
  const pids = treeOf(id).map(({ pid }) => pid)
  freezeTree(id)
  await expect.poll(() => pids.map(stateOf)).toEqual(['T', 'T', 'T'])
  thawTree(id)
  await expect.poll(() => pids.map(stateOf)).toEqual(['S', 'S', 'S'])
  freezeTree(id)
  await killTree(id)
  expect(pids.map(identify)).toEqual([undefined, undefined, undefined])
})

test('one that is stopped is thawed to end in order, and one that will not is killed', async () => {
  const folder = temporaryFolder()
  const polite = startChild({
    ...family,
    name: 'polite',
    folder,
    args: ['-c', 'trap "exit 7" TERM; while :; do sleep 0.01; done'],
  })
  await sleep(100)
  freezeTree(polite.id)
  await endTree(polite.id, 'SIGTERM', 5_000)
  expect(await polite.end).toBe('exit code 7')

  const deaf = startChild({ ...family, name: 'deaf', folder, args: ['-c', 'trap "" TERM; sleep 60'] })
  await sleep(100)
  await endTree(deaf.id, 'SIGTERM', 100)
  expect(await deaf.end).toBe('killed by SIGKILL')
})

test('leftovers are ended, but not a process that only has the pid of one', async () => {
  const folder = temporaryFolder()
  const left = await startFamily(folder)
  const other = await startFamily(temporaryFolder())
  writeFileSync(
    pidFile(folder, 'recycled'),
    JSON.stringify({ ...other.id, startedAt: 'another boot/1', name: 'recycled', endSignal: 'SIGKILL' }),
  )
  writeFileSync(pidFile(folder, 'cut-off'), '{"pid":')

  const tree = treeOf(left.id)
  const lines: string[] = []
  await endLeftovers(folder, line => lines.push(line), 100)
  expect(tree.filter(isAlive)).toEqual([])
  expect(isAlive(other.id)).toBe(true)
  expect(lines).toEqual([`stopping family (process ${left.id.pid}), left by a launcher that was killed`])
  expect(existsSync(pidFile(folder, 'recycled')) || existsSync(pidFile(folder, 'cut-off'))).toBe(false)
})
