import { run } from 'saga-kit/runtime'
import { inventory } from './participant.ts'
import { routes } from './routes.ts'

await run(inventory, { routes, migrations: new URL('../migrations/', import.meta.url) })
