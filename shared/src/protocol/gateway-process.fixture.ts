import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../../infra/local/ports.ts'
import { eventually } from '../testing/service.fixture.ts'
import { type Mood, type Taken, takenIn } from './payment-gateway.fixture.ts'

/** A gateway of a test's own, which it may kill, stop and put in a mood. */
export interface GatewayProcess {
  readonly url: string
  /** What it has taken for a saga: `charge`, `refund`, ..., in order. */
  took(sagaId: string): string[]
  taken(): Taken[]
  mood(mood: Mood): Promise<void>
  start(): Promise<void>
  kill(): Promise<void>
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  close(): Promise<void>
}

export async function startGateway(): Promise<GatewayProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'))
  const file = join(folder, 'taken')
  const [port] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  const gateway: GatewayProcess = {
    url,
    taken: () => takenIn(file),
    took: sagaId =>
      takenIn(file)
        .filter(({ key }) => key.startsWith(sagaId))
        .map(({ kind }) => kind),
    async mood(mood) {
      await fetch(`${url}/mood`, { method: 'PUT', body: JSON.stringify(mood) })
    },
    async start() {
      const program = join(import.meta.dirname, 'payment-gateway.fixture.ts')
      const started = spawn(process.execPath, [program, String(port), file], { stdio: ['ignore', 'pipe', 'inherit'] })
      child = started
      let printed = ''
      started.stdout.on('data', data => {
        printed += data
      })
      await eventually('the gateway is up', () => printed.includes('PORT='))
    },
    async kill() {
      const running = child
      child = undefined
      if (running?.kill('SIGKILL')) await once(running, 'exit')
    },
    signal: signal => void child?.kill(signal),
    async close() {
      await gateway.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await gateway.start()
  return gateway
}
