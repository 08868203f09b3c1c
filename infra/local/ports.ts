import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { StackError } from './errors.ts'

export interface Ports {
  readonly postgres: number
  readonly kafka: number
  readonly registry: number
}

/** The environment variable that changes each port, and its port when that is not set. */
const settings = {
  postgres: { variable: 'STACK_POSTGRES_PORT', port: 15432 },
  kafka: { variable: 'STACK_KAFKA_PORT', port: 19092 },
  registry: { variable: 'STACK_REGISTRY_PORT', port: 18081 },
} as const satisfies Record<keyof Ports, { variable: string; port: number }>

export function portsFrom(env: NodeJS.ProcessEnv): Ports {
  const port = (part: keyof Ports): number => {
    const { variable, port } = settings[part]
    const text = env[variable] ?? String(port)
    const value = Number(text)
    if (Number.isInteger(value) && value > 0 && value < 65_536) return value
    throw new StackError('port-invalid', `${variable} must be a port from 1 to 65535, not ${JSON.stringify(text)}`)
  }
  return { postgres: port('postgres'), kafka: port('kafka'), registry: port('registry') }
}

export async function requireFreePorts(ports: Ports): Promise<void> {
  for (const part of ['postgres', 'kafka', 'registry'] as const) {
    if (await isFree(ports[part])) continue
    const line = `port ${ports[part]}, meant for ${part}, is in use: stop what listens there, or set ${settings[part].variable} to another port`
    throw new StackError('port-in-use', line)
  }
}

/** Distinct ports that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>()
  const [from, to] = [10_240, lowestEphemeralPort()]
  for (let tries = 0; found.size < count; tries++) {
    if (tries > 1_000)
      throw new StackError('port-in-use', `no free port found from ${from} to ${to}: stop what listens there`)
    const port = from + Math.floor(Math.random() * (to - from))
    if (await isFree(port)) found.add(port)
  }
  return [...found]
}

/**
 * Ports from here on are handed to outgoing connections, so that while a killed part is down, a client, even one that
 * tries to reach that very part, may be given its port, and the part could not come back on it.
 */
function lowestEphemeralPort(): number {
  try {
    const lowest = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0])
    return Math.max(lowest, 12_288)
  } catch {
    return 32_768
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
