import { run } from 'saga-kit/runtime'
import { order } from './participant.ts'
import { routes } from './routes.ts'

await run(order, { routes, migrations: new URL('../migrations/', import.meta.url) })
