/** The ledger as a process of its own, for what only a process can suffer: `node ledger-process.fixture.ts`, settings from the environment. */
import { startService } from '../runtime/service.ts'
import { ledgerRoutes } from './ledger-routes.fixture.ts'
import { ledger } from './participant.fixture.ts'

const port = Number(process.env.BROKER_PROXY_PORT)
const service = await startService(ledger, {
  environment: process.env,
  routes: ledgerRoutes,
  redirect: () => ({ host: '127.0.0.1', port }),
})
process.stdout.write(`PORT=${service.port}\n`)
