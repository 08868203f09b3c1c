/**
 * A vitest globalSetup: one stack for the whole run, on free ports, with data of its own. Test files keep apart by database
 * and topic names; a test that breaks a part starts a stack of its own with startStack.
 *
 *   test: { globalSetup: ['infra/local/vitest-stack.ts'] }      in the config
 *   const url = await createDatabase(inject('adminUrl'), 'orders')      in a test; inject is vitest's
 */
import { resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startStack } from '../stack.ts'
import { newRun, removeAbandonedRuns } from './test-runs.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** host:port */
    brokers: readonly string[]
    /** Ends in /apis/ccompat/v7. */
    registryUrl: string
    /** Of the PostgreSQL superuser, for createDatabase. */
    adminUrl: string
  }
}

const runs = resolve(import.meta.dirname, '../../.local/test-runs')
const report = (line: string): void => console.error(`stack: ${line}`)

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandonedRuns(runs, report)
  const stack = await startStack({ dataFolder: newRun(runs), ports: 'free', report })
  project.provide('brokers', stack.brokers)
  project.provide('registryUrl', stack.registryUrl)
  project.provide('adminUrl', stack.adminUrl)
  return () => stack.destroy()
}
