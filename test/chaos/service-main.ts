/**
 * A service with one safeguard switched off: node test/chaos/service-main.ts <service> <safeguard>
 * The services' own main programs know no such argument, and no environment variable reaches the safeguards.
 */
import type { ServiceName } from '../../infra/shop/topics.ts'
import { everySafeguard } from '../../shared/src/core/safeguards.ts'
import { startService } from '../../shared/src/runtime/service.ts'
import { participants } from '../e2e/participants.ts'

const [service, safeguard] = process.argv.slice(2) as [ServiceName, string]
if (!(safeguard in everySafeguard)) throw new Error(`there is no safeguard ${safeguard}`)

const folder = new URL(`../../services/${service}/`, import.meta.url)
const { routes } = await import(new URL('src/routes.ts', folder).href)
const running = await startService(participants[service], {
  ...{ routes, migrations: new URL('migrations/', folder), environment: process.env },
  safeguards: { [safeguard]: false },
})
process.on('SIGTERM', () => void running.stop().then(() => process.exit(0)))
