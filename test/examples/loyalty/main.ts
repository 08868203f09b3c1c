import { run } from 'saga-kit/runtime'
import { loyalty } from './participant.ts'

await run(loyalty, { migrations: new URL('migrations/', import.meta.url) })
