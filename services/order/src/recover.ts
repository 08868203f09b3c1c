/**
 * Run instead of the service, once, after its database was restored from an older copy: docs/runbook.md.
 *
 *   npx node services/order/src/recover.ts      with the environment of the service
 */
import { run } from 'saga-kit/runtime'
import { recovery } from './recovery.ts'

// Timers that the copy holds may have been cancelled since; they wait for the service.
process.env.INTAKE = 'order.events.v1'
await run(recovery, { migrations: new URL('../migrations/', import.meta.url) })
