import { run } from 'saga-kit/runtime'
import { balance } from './participant.ts'
import { routes } from './routes.ts'

await run(balance, { routes, migrations: new URL('../migrations/', import.meta.url) })
