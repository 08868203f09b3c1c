/** The launcher as a process of its own, which can be killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { endLeftovers } from './leftovers.ts'
import { freePorts } from './ports.ts'
import { identify, isAlive, type ProcessId } from './process-table.ts'
import { killTree } from './process-tree.ts'
import { commandsNaming, listener, temporaryFolder } from './test-stack.ts'

const timeout = 60_000

interface Launcher {
  readonly process: ChildProcess
  readonly lines: string[]
  readonly heard: (what: RegExp) => Promise<string>
  readonly exit: Promise<unknown[]>
}

/** As a terminal starts it: in a process group of its own, which is what Ctrl-C reaches. */
function launch(folder: string, ports: number[]): Launcher {
  const [postgres, kafka, registry] = ports.map(String)
  const env = { ...process.env, STACK_POSTGRES_PORT: postgres, STACK_KAFKA_PORT: kafka, STACK_REGISTRY_PORT: registry }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run.ts'), folder], { env, detached: true })
  const { lines, report, heard } = listener()
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', report)
  const id = identify(child.pid!)!
  onTestFinished(() => killTree(id))
  return { process: child, lines, heard, exit: once(child, 'exit') }
}

const ctrlC = ({ process: { pid } }: Launcher): boolean => process.kill(-pid!, 'SIGINT')

const recorded = (folder: string): ProcessId[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.pid'))
    .map(name => JSON.parse(readFileSync(join(folder, name), 'utf8')))

test('killed with -9, early and late: the next start ends what was left, and Ctrl-C ends all in order', {
  timeout: 2 * timeout,
}, async () => {
  const folder = temporaryFolder()
  onTestFinished(() => endLeftovers(folder, () => {}))
  const ports = await freePorts(3)

  const early = launch(folder, ports)
  await early.heard(/^starting PostgreSQL/)
  await sleep(200) // in the middle of initdb and of Kafka's format
  const drafts = recorded(folder)
  expect(drafts.length).toBeGreaterThan(0)
  early.process.kill('SIGKILL')
  await early.exit

  const late = launch(folder, ports)
  await late.heard(/^ready/)
  expect(drafts.filter(isAlive)).toEqual([])
  const parts = recorded(folder)
  late.process.kill('SIGKILL')
  await late.exit
  expect(parts.filter(isAlive)).toHaveLength(3)

  const last = launch(folder, ports)
  await last.heard(/^ready/)
  expect(
    last.lines.filter(line => /^stopping (postgres|kafka|registry) .*, left by a launcher/.test(line)),
  ).toHaveLength(3)
  expect(parts.filter(isAlive)).toEqual([])

  ctrlC(last)
  expect(await last.exit).toEqual([0, null])
  expect(last.lines.filter(line => line.includes('ended by itself'))).toEqual([])
  expect(commandsNaming(folder)).toEqual([])
})

test('Ctrl-C in the middle of the start leaves nothing', { timeout }, async () => {
  const folder = temporaryFolder()
  const launcher = launch(folder, await freePorts(3))
  await launcher.heard(/^starting Apicurio/)
  ctrlC(launcher)
  expect(await launcher.exit).toEqual([130, null])
  expect(launcher.lines.at(-1)).toBe('stopped while starting')
  expect(commandsNaming(folder)).toEqual([])
})

test('a second launcher says who holds the folder', { timeout }, async () => {
  const folder = temporaryFolder()
  const first = launch(folder, await freePorts(3))
  await first.heard(/^starting/)
  const second = launch(folder, await freePorts(3))
  expect(await second.exit).toEqual([1, null])
  expect(second.lines).toEqual([expect.stringContaining(`in use by process ${first.process.pid} (`)])
  ctrlC(first)
  await first.exit
  expect(commandsNaming(folder)).toEqual([])
})
