import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunningShop } from './running-shop.ts'

const bin = join(import.meta.dirname, '../../shared/bin/saga.js')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** What --json printed: one document. */
  json(): any
  /** What --json printed where it streams. */
  lines(): any[]
}
export interface SagaCommand {
  /** Runs the command line as an operator would, in a process of its own. */
  (...args: string[]): Promise<Ended>
  start(args: readonly string[], environment?: Record<string, string>): { process: ChildProcess; ended: Promise<Ended> }
  /** Where its plans are. */
  readonly plans: string
  end(): void
}

/** `saga` for one shop: its brokers and prefix in the environment, its plans in a folder of their own. */
export function sagaCommand(shop: Pick<RunningShop, 'ground' | 'topicPrefix'>): SagaCommand {
  const state = mkdtempSync(join(tmpdir(), 'saga-state-'))
  const start = (args: readonly string[], environment: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: tmpdir(),
      env: {
        ...{ PATH: process.env.PATH, HOME: process.env.HOME, XDG_STATE_HOME: state, SAGA_OPERATOR: 'tester' },
        KAFKA_BROKERS: shop.ground.brokers.join(','),
        ...{ SCHEMA_REGISTRY_URL: shop.ground.registryUrl, TOPIC_PREFIX: shop.topicPrefix },
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', chunk => (stdout += String(chunk)))
    child.stderr.on('data', chunk => (stderr += String(chunk)))
    const ended = once(child, 'close').then(([code]) => ({
      ...{ code, stdout, stderr },
      json: () => JSON.parse(stdout),
      lines: () =>
        stdout
          .trim()
          .split('\n')
          .map(line => JSON.parse(line)),
    }))
    return { process: child, ended }
  }
  return Object.assign((...args: string[]) => start(args).ended, {
    start,
    plans: join(state, 'saga/plans'),
    end: () => rmSync(state, { recursive: true, force: true }),
  })
}
