/**
 * A service as no setting makes it: node test/chaos/service-main.ts <service> [safeguard to switch off]
 * The services' own main programs know no such argument, and no environment variable reaches the safeguards.
 */
import type { ServiceName } from '../../infra/shop/topics.ts'
import { everySafeguard } from '../../shared/src/core/safeguards.ts'
import { runUntilSignal } from '../../shared/src/runtime/run-until-signal.ts'
import { startService } from '../../shared/src/runtime/service.ts'
import { participants } from '../e2e/participants.ts'
import { tellingBothWays } from './ground/telling.ts'

const [service, safeguard] = process.argv.slice(2) as [ServiceName, string | undefined]
if (safeguard !== undefined && !(safeguard in everySafeguard)) throw new Error(`there is no safeguard ${safeguard}`)

const folder = new URL(`../../services/${service}/`, import.meta.url)
const { routes } = await import(new URL('src/routes.ts', folder).href)
const participant = service === 'notification' ? tellingBothWays(process.env.SMTP_URL!) : participants[service]
await runUntilSignal(service, () =>
  startService(participant, {
    ...{ routes, migrations: new URL('migrations/', folder), environment: process.env },
    ...(safeguard !== undefined && { safeguards: { [safeguard]: false } }),
  }),
)
