/** The launcher as a process of its own, with a stack of its own. One data folder for all: what one run leaves, the next one meets. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { endLeftovers } from '../local/leftovers.ts'
import { freePorts } from '../local/ports.ts'
import { identify, isAlive, type ProcessId } from '../local/process-table.ts'
import { killTree } from '../local/process-tree.ts'
import { commandsNaming, listener } from '../local/test-stack.ts'

const timeout = 150_000
const folder = mkdtempSync(join(tmpdir(), 'shop-test-'))
chmodSync(folder, 0o711) // PostgreSQL may run as another user
let ports: Record<string, string>

beforeAll(async () => {
  const services = ['ORDER', 'INVENTORY', 'BALANCE', 'NOTIFICATION'].flatMap(name => [name, `${name}_ADMIN`])
  const names = ['STACK_POSTGRES', 'STACK_KAFKA', 'STACK_REGISTRY', 'CONSOLE', ...services]
  const free = await freePorts(names.length)
  ports = Object.fromEntries(names.map((name, at) => [`${name}_PORT`, String(free[at])]))
})
afterAll(async () => {
  await endLeftovers(folder, () => {})
  await endLeftovers(join(folder, 'stack'), () => {})
  rmSync(folder, { recursive: true, force: true })
})

interface Launcher {
  readonly process: ChildProcess
  readonly lines: string[]
  readonly heard: (what: RegExp) => Promise<string>
  readonly exit: Promise<unknown[]>
}

interface Launch {
  program?: string
  args?: string[]
  env?: Record<string, string>
}

/** As a terminal starts it: in a process group of its own, which is what Ctrl-C reaches. */
function launch({ program = 'start.ts', args = [], env = {} }: Launch = {}): Launcher {
  const command = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, program), ...args, folder]
  const child = spawn(process.execPath, command, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...ports, STOCK_RELEASE_DELAY: '3s', ...env },
    detached: true,
  })
  const { lines, report, heard } = listener()
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', report)
  const id = identify(child.pid!)!
  onTestFinished(() => killTree(id))
  return { process: child, lines, heard, exit: once(child, 'exit') }
}

const ctrlC = ({ process: { pid } }: Launcher): boolean => process.kill(-pid!, 'SIGINT')

async function occupied(port: string): Promise<Server> {
  const server = createServer().listen(Number(port), '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return server
}

const recorded = (folder: string): ProcessId[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.pid'))
    .map(name => JSON.parse(readFileSync(join(folder, name), 'utf8')))

test('the demo tells each saga and its ending, and leaves nothing running', { timeout }, async () => {
  const demo = launch({ args: ['--demo'] })
  expect(await demo.exit, demo.lines.join('\n')).toEqual([0, null])
  expect(demo.lines.filter(line => /^ {2}(ok|WRONG) /.test(line))).toEqual([
    '  ok     confirmed     CONFIRMED',
    '  ok     out of stock  CANCELLED (stock-rejected)',
    '  ok     short         CANCELLED (balance-rejected)',
    '  ok     refunded      REFUNDED (it did not fit)',
    '  ok     cancelled     CANCELLED (customer)',
    '  ok     given up      CANCELLED (customer)',
    '  ok     taken over    CONFIRMED',
  ])
  const told = (order: string) =>
    demo.lines.flatMap(line => {
      const cells = line.trim().split(/ {2,}/)
      return cells[1] === order && /^\d\d:/.test(line.trim()) ? [cells.slice(2, 6).join(' < ')] : []
    })
  expect(told('confirmed')).toEqual([
    'order < OrderPlaced < place_order < POST /orders',
    'inventory < StockReserved < reserve_stock < OrderPlaced',
    'balance < BalanceDeducted < deduct_balance < StockReserved',
    'order < OrderConfirmed < confirm_order < BalanceDeducted',
    // Two services react to the confirmation, and either may be first.
    expect.stringMatching(/^(inventory < StockCommitted|notification < NotificationSent) < .* < OrderConfirmed$/),
    expect.stringMatching(/^(inventory < StockCommitted|notification < NotificationSent) < .* < OrderConfirmed$/),
  ])
  expect(told('given up')).toContain('inventory < StockReleased < release_held_stock < timer HoldExpired')
  expect(demo.lines.filter(line => line.includes('ended by itself'))).toEqual([])
  expect(commandsNaming(folder)).toEqual([])
})

test('an order that ends otherwise than expected makes the demo fail, and is named with the reason', {
  timeout,
}, async () => {
  const demo = launch({ program: 'start-disappointed.fixture.ts' })
  expect(await demo.exit, demo.lines.join('\n')).toEqual([1, null])
  expect(demo.lines.slice(demo.lines.indexOf('Not as expected:') + 1)).toEqual([
    expect.stringMatching(/^ {2}confirmed \(order [0-9a-f-]{36}\) should have ended CANCELLED, but is CONFIRMED$/),
  ])
  expect(commandsNaming(folder)).toEqual([])
})

test('a launcher killed with -9: the next start ends its services, and Ctrl-C ends all in order', {
  timeout,
}, async () => {
  const taken = await occupied(ports.CONSOLE_PORT!)
  const killed = launch()
  await killed.heard(/^all up/)
  expect(await killed.heard(/^the console did not start/)).toBe(
    `the console did not start; the shop runs without it: port ${ports.CONSOLE_PORT}, meant for the console, is in use: stop what listens there, or set CONSOLE_PORT to another port`,
  )
  taken.close()
  killed.process.kill('SIGKILL')
  await killed.exit
  const left = [...recorded(folder), ...recorded(join(folder, 'stack'))]
  expect(left.filter(isAlive)).toHaveLength(7)

  const next = launch()
  await next.heard(/^The shop is up/)
  expect(next.lines.filter(line => line.endsWith(', left by a launcher that was killed'))).toHaveLength(7)
  expect(left.filter(isAlive)).toEqual([])

  const pages = /^ {2}console +(http.*)$/.exec(next.lines.find(line => line.startsWith('  console '))!)![1]!
  expect(await (await fetch(pages)).text()).toContain('<div id="root">')

  const second = launch()
  expect(await second.exit).toEqual([1, null])
  expect(second.lines).toEqual([expect.stringContaining(`in use by process ${next.process.pid} (`)])

  ctrlC(next)
  expect(await next.exit).toEqual([0, null])
  expect(next.lines.filter(line => line.includes('ended by itself'))).toEqual([])
  expect(commandsNaming(folder)).toEqual([])
})

test('Ctrl-C while the services start leaves nothing', { timeout }, async () => {
  const launcher = launch()
  await launcher.heard(/^starting notification/)
  ctrlC(launcher)
  expect(await launcher.exit, launcher.lines.join('\n')).toEqual([130, null])
  expect(launcher.lines.at(-1)).toBe('stopping')
  expect(commandsNaming(folder)).toEqual([])
})

test('a service that ends while it starts, and a port in use: a line with the remedy, and nothing left', {
  timeout,
}, async () => {
  const wrong = launch({ env: { ORDER_TIMEOUT: 'soon' } })
  expect(await wrong.exit).toEqual([1, null])
  expect(wrong.lines).toContain('order ended while starting: exit code 78')
  expect(wrong.lines.at(-1)).toMatch(/ORDER_TIMEOUT/)
  expect(commandsNaming(folder)).toEqual([])

  await occupied(ports.BALANCE_PORT!)
  const refused = launch()
  expect(await refused.exit).toEqual([1, null])
  expect(refused.lines).toEqual([
    `port ${ports.BALANCE_PORT}, meant for the balance service, is in use: stop what listens there, or set BALANCE_PORT to another port`,
  ])
})
