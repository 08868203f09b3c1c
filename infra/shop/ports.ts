import { createServer } from 'node:net'
import { StackError } from '../local/errors.ts'
import { type ServiceName, serviceNames, services } from './topics.ts'

export interface ServicePorts {
  readonly ports: Readonly<Record<ServiceName, number>>
  readonly adminPorts: Readonly<Record<ServiceName, number>>
}

/** The services' ports: ORDER_PORT and ORDER_ADMIN_PORT, and so on for each, or the usual ones. */
export function servicePorts(env: NodeJS.ProcessEnv): ServicePorts {
  const each = (variable: (name: ServiceName) => string, usual: (name: ServiceName) => number) =>
    Object.fromEntries(serviceNames.map(name => [name, portFrom(env, variable(name), usual(name))])) as Record<
      ServiceName,
      number
    >
  return {
    ports: each(portVariable, name => services[name]),
    adminPorts: each(adminVariable, name => services[name] + 100),
  }
}

/** CONSOLE_PORT, or the usual one. */
export const consolePort = (env: NodeJS.ProcessEnv): number => portFrom(env, 'CONSOLE_PORT', 3000)

const portVariable = (name: ServiceName) => `${name.toUpperCase()}_PORT`
const adminVariable = (name: ServiceName) => `${name.toUpperCase()}_ADMIN_PORT`

function portFrom(env: NodeJS.ProcessEnv, variable: string, usual: number): number {
  const text = env[variable] ?? String(usual)
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new StackError('port-invalid', `${variable} must be a port from 1 to 65535, not ${JSON.stringify(text)}`)
}

/** Found out before anything starts: a service would only tell after the stack it stands on is up. */
export async function requireFreeServicePorts({ ports, adminPorts }: ServicePorts): Promise<void> {
  for (const name of serviceNames) {
    await requireFree(ports[name], `the ${name} service`, portVariable(name))
    await requireFree(adminPorts[name], `the admin listener of the ${name} service`, adminVariable(name))
  }
}

export const requireFreeConsolePort = (port: number): Promise<void> => requireFree(port, 'the console', 'CONSOLE_PORT')

async function requireFree(port: number, what: string, variable: string): Promise<void> {
  if (await isFree(port)) return
  const line = `port ${port}, meant for ${what}, is in use: stop what listens there, or set ${variable} to another port`
  throw new StackError('port-in-use', line)
}

/** On all addresses, as the services listen. */
const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve(true)))
  })
