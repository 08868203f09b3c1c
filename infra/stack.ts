/** The stack that the tests stand on: processes of this machine or, with STACK=containers, containers. */
import { type Stack, type StackOptions, startStack as startProcesses } from './local/stack.ts'

export type { Part, Stack, StackOptions } from './local/stack.ts'

export const inContainers: boolean = process.env.STACK === 'containers'
if (process.env.STACK && !inContainers)
  throw new Error(`STACK must be containers, or not set, not ${JSON.stringify(process.env.STACK)}`)

// Imported only when it is asked for: testcontainers looks for Docker.
export const startStack: (options: StackOptions) => Promise<Stack> = inContainers
  ? (await import('./containers/stack.ts')).startContainers
  : startProcesses
