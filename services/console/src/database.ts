import type { Pool } from 'pg'
import { migrateOwn, type Pauses, refusePendingOwn, troubleOf, untilAnswered } from 'saga-kit/parts'
import type { ConsoleSettings } from './settings.ts'

const folder = new URL('../migrations/', import.meta.url)

/** Waits for the database and brings its tables up to date. @throws StartError `migrations-pending` */
export async function prepareDatabase(pool: Pool, pauses: Pauses, settings: ConsoleSettings): Promise<void> {
  for (;;) {
    await untilAnswered('database', pauses, () => pool.query('select 1'))
    try {
      if (settings.migrations === 'apply') await migrateOwn(settings.databaseUrl, folder)
      else await refusePendingOwn(pool, folder)
      return
    } catch (error) {
      // It went away between the question and the migration.
      const trouble = troubleOf(error)
      if (trouble.kind !== 'infrastructure' || !trouble.connectionLost) throw error
    }
  }
}
