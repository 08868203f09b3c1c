/**
 * Runs the stack until Ctrl-C:  node infra/local/run.ts [data folder]
 * The ports are STACK_POSTGRES_PORT, STACK_KAFKA_PORT and STACK_REGISTRY_PORT; the data folder is .local/stack.
 */
import { resolve } from 'node:path'
import { portsFrom } from './ports.ts'
import { type Stack, StackError, startStack } from './stack.ts'

const dataFolder = process.argv[2] ?? resolve(import.meta.dirname, '../../.local/stack')
const stopping = new AbortController()
let stack: Stack | undefined

async function stop(): Promise<void> {
  if (stopping.signal.aborted) process.exit(130) // asked twice: the children are killed as this process ends
  stopping.abort(new Error('stopped while starting'))
  if (!stack) return // the start rejects once it has cleaned up
  console.log('stopping')
  await stack.stop()
  process.exit(0)
}
process.on('SIGINT', () => void stop())
process.on('SIGTERM', () => void stop())

try {
  stack = await startStack({ dataFolder, ports: portsFrom(process.env), report: console.log, signal: stopping.signal })
  console.log(
    `ready\n  PostgreSQL  ${stack.adminUrl}\n  Kafka       ${stack.brokers.join(',')}\n  registry    ${stack.registryUrl}`,
  )
} catch (error) {
  console.error(error instanceof StackError || stopping.signal.aborted ? (error as Error).message : error)
  process.exit(stopping.signal.aborted ? 130 : 1)
}
