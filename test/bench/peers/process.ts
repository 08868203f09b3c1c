import { join } from 'node:path'
import { type Child, startChild } from '../../../infra/local/child.ts'
import { createPart } from '../../../infra/local/part.ts'
import { freePorts } from '../../../infra/local/ports.ts'
import type { ProcessId } from '../../../infra/local/process-table.ts'

export interface PeerProcess {
  readonly name: string
  readonly id: ProcessId
  kill(): Promise<void>
}

/** A program that is up when the probe succeeds. Its log is in the folder. */
export async function startPeerProcess(o: {
  readonly name: string
  readonly folder: string
  readonly command: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly probe: () => Promise<void>
}): Promise<PeerProcess> {
  const { name, folder, command, args, environment: env, probe } = o
  let child: Child | undefined
  const part = createPart({
    ...{ name, startLimitMs: 60_000, report: line => /by itself/.test(line) && console.error(line) },
    launch: () => {
      child = startChild({ name, folder, command, args, env, endSignal: 'SIGKILL' })
      return child
    },
    probe,
  })
  await part.start()
  return { name, id: child!.id, kill: () => part.kill() }
}

/** A TypeScript program of a peer that answers GET at its port. */
export const startPeerProgram = (o: {
  readonly name: string
  readonly folder: string
  /** Below this folder. */
  readonly program: string
  readonly port: number
  readonly environment: Readonly<Record<string, string>>
  readonly probe?: () => Promise<void>
}): Promise<PeerProcess> =>
  startPeerProcess({
    ...o,
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, o.program)],
    environment: { ...o.environment, NODE_ENV: 'production', PORT: String(o.port) },
    probe: o.probe ?? answering(`http://127.0.0.1:${o.port}/`),
  })

/** Several processes of one program, each at a port of its own; one after the other, since the first may make tables. Figures are of all. */
export async function startPeerPrograms(
  count: number,
  o: Omit<Parameters<typeof startPeerProgram>[0], 'port'>,
): Promise<{ readonly processes: readonly PeerProcess[]; readonly orderUrls: readonly string[] }> {
  const ports = await freePorts(count)
  const processes: PeerProcess[] = []
  for (const [i, port] of ports.entries()) {
    const started = await startPeerProgram({ ...o, name: `${o.name}-${i + 1}`, port })
    processes.push({ ...started, name: o.name })
  }
  return { processes, orderUrls: ports.map(port => `http://127.0.0.1:${port}`) }
}

/** Succeeds when this address answers 2xx. */
export const answering =
  (url: string, o: RequestInit = {}) =>
  async (): Promise<void> => {
    const response = await fetch(url, { ...o, signal: AbortSignal.timeout(2_000) })
    if (!response.ok) throw new Error(`${url} answers ${response.status}: ${await response.text()}`)
  }
