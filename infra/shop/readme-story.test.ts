/** The operator's story of the README, command by command as it is written there, against the launcher with ports and a stack of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'
import { freePorts } from '../local/ports.ts'
import { identify } from '../local/process-table.ts'
import { killTree } from '../local/process-tree.ts'
import { listener } from '../local/test-stack.ts'

const root = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'shop-story-'))
chmodSync(folder, 0o711) // PostgreSQL may run as another user
const ends: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const end of ends) await end()
  rmSync(folder, { recursive: true, force: true })
})

/** A block of commands, and what the README shows under it. */
interface Step {
  readonly commands: string
  readonly shown: string | undefined
}

test('what the README tells of a saga that breaks is what happens', { timeout: 420_000 }, async () => {
  const names = ['STACK_POSTGRES', 'STACK_KAFKA', 'STACK_REGISTRY', 'ORDER', 'INVENTORY', 'BALANCE', 'NOTIFICATION']
  const others = ['CONSOLE', 'ORDER_ADMIN', 'INVENTORY_ADMIN', 'BALANCE_ADMIN', 'NOTIFICATION_ADMIN']
  const free = await freePorts(names.length + others.length)
  const ports = Object.fromEntries([...names, ...others].map((name, at) => [`${name}_PORT`, String(free[at])]))
  const env = {
    ...{ PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`, HOME: folder, LANG: 'C.UTF-8' },
    ...{ ...ports, KAFKA_BROKERS: `127.0.0.1:${ports.STACK_KAFKA_PORT}` },
    ...{ SCHEMA_REGISTRY_URL: `http://127.0.0.1:${ports.STACK_REGISTRY_PORT}/apis/ccompat/v7` },
  }
  const terminal = openTerminal(env)
  let stop = async () => {}
  ends.push(() => stop())

  for (const { commands, shown } of story()) {
    const launch = /^(?<set>.*)npm start$/.exec(commands)
    if (launch) {
      await stop()
      stop = await start({
        ...env,
        ...Object.fromEntries(
          launch
            .groups!.set!.trim()
            .split(' ')
            .filter(Boolean)
            .map(each => each.split('=')),
        ),
      })
      continue
    }
    const said = await terminal.type(withPorts(commands, ports))
    if (shown !== undefined) expect(masked(said), said).toEqual(masked(shown))
  }
})

function story(): Step[] {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const section = /^## When something breaks$(?<text>.*?)^## /ms.exec(readme)!.groups!.text!
  const blocks = section.matchAll(/^```sh\n(?<commands>.*?)\n```\n(?:```\n(?<shown>.*?)\n```)?/gms)
  return [...blocks].map(({ groups }) => ({ commands: groups!.commands!, shown: groups!.shown }))
}

const usual = { 3001: 'ORDER', 3002: 'INVENTORY', 3003: 'BALANCE', 3004: 'NOTIFICATION' } as Record<string, string>
const withPorts = (commands: string, ports: Record<string, string>) =>
  commands.replaceAll(/localhost:(\d+)/g, (_, port) => `127.0.0.1:${ports[`${usual[port]}_PORT`]}`)

/** Without the ids and times of the run at hand, each in its length, since tables keep their columns. Services go side by side: lines in any order. */
const masked = (text: string) =>
  text
    .trimEnd()
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, uuid => '#'.repeat(uuid.length))
    .replaceAll(/\d{8}-\d{6}-[0-9a-f]{6}/g, plan => '#'.repeat(plan.length))
    .replaceAll(/\d\d:\d\d(:\d\d(\.\d{3})?)?/g, time => time.replaceAll(/\d/g, '#'))
    .replaceAll(/\d{4}-\d\d-\d\d/g, '####-##-##')
    .split('\n')
    .sort()

async function start(env: Record<string, string>): Promise<() => Promise<void>> {
  const program = [join(import.meta.dirname, 'start.ts'), join(folder, 'shop')]
  const launcher = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...program], {
    env,
    cwd: root,
    detached: true,
  })
  const { report, heard } = listener()
  for (const stream of [launcher.stdout, launcher.stderr]) createInterface(stream).on('line', report)
  const id = identify(launcher.pid!)!
  const exit = once(launcher, 'exit')
  await heard(/^The shop is up/)
  return async () => {
    if (launcher.exitCode !== null) return
    process.kill(-launcher.pid!, 'SIGINT')
    const hurry = setTimeout(() => void killTree(id), 30_000)
    await exit
    clearTimeout(hurry)
  }
}

/** One shell for the whole story: what a command defines is there for the next. */
function openTerminal(env: Record<string, string>): { type(commands: string): Promise<string> } {
  const shell = spawn('bash', { env, cwd: root })
  // As on a terminal: in the order in which it was said.
  shell.stdin.write('exec 2>&1\n')
  ends.push(async () => void shell.kill('SIGKILL'))
  let said = ''
  let told = () => {}
  for (const stream of [shell.stdout, shell.stderr])
    stream.on('data', chunk => {
      said += chunk
      told()
    })
  return {
    type: async commands => {
      said = ''
      shell.stdin.write(`${commands}\necho; echo the-end\n`)
      while (!said.includes('\nthe-end\n')) await new Promise<void>(resolve => (told = resolve))
      return said.slice(0, said.indexOf('\nthe-end\n')).trimEnd()
    },
  }
}
