import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import pg, { type Pool } from 'pg'
import { StartError } from '../errors.ts'

/** A folder of numbered .sql files and the table that records which of them have run. */
interface MigrationSet {
  readonly folder: string
  readonly table: string
}
const kit: MigrationSet = {
  folder: fileURLToPath(new URL('../../migrations', import.meta.url)),
  table: 'saga_kit_migrations',
}
const own = (folder: URL): MigrationSet => ({ folder: fileURLToPath(folder), table: 'migrations' })

/** Brings the kit's tables and the service's own up to date. Instances that start together wait for one another. */
export async function migrate(databaseUrl: string, serviceMigrations: URL | undefined): Promise<void> {
  await apply(databaseUrl, serviceMigrations ? [kit, own(serviceMigrations)] : [kit])
}

/** The same for a service that takes no part in sagas and so has none of the kit's tables. */
export async function migrateOwn(databaseUrl: string, migrations: URL): Promise<void> {
  await apply(databaseUrl, [own(migrations)])
}

async function apply(databaseUrl: string, sets: readonly MigrationSet[]): Promise<void> {
  const dbClient = new pg.Client({ connectionString: databaseUrl, keepAlive: true, connectionTimeoutMillis: 5_000 })
  // One that breaks tells its query, and then whoever listens: without a listener the process ends.
  dbClient.on('error', () => {})
  try {
    await dbClient.connect()
    for (const { folder, table } of sets)
      await runner({
        dbClient,
        dir: folder,
        direction: 'up',
        migrationsTable: table,
        migrationsSchema: 'public',
        singleTransaction: true,
        advisoryLockMode: 'wait',
        logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
      })
  } finally {
    await dbClient.end().catch(() => {})
  }
}

/** For deployments that migrate by hand: refuses to start before that was done. */
export async function refusePendingMigrations(pool: Pool, serviceMigrations: URL | undefined): Promise<void> {
  await refusePending(pool, serviceMigrations ? [kit, own(serviceMigrations)] : [kit])
}

/** The same for a service that takes no part in sagas. */
export async function refusePendingOwn(pool: Pool, migrations: URL): Promise<void> {
  await refusePending(pool, [own(migrations)])
}

async function refusePending(pool: Pool, sets: readonly MigrationSet[]): Promise<void> {
  for (const { folder, table } of sets) {
    const files = (await readdir(folder))
      .filter(file => file.endsWith('.sql'))
      .map(file => file.slice(0, -'.sql'.length))
    const known = await pool.query('select to_regclass($1) is not null as known', [`public.${table}`])
    const ran = known.rows[0]?.known
      ? (await pool.query(`select name from public.${table}`)).rows.map(row => String(row.name))
      : []
    const pending = files.filter(file => !ran.includes(file)).sort()
    if (pending.length > 0)
      throw new StartError(
        'migrations-pending',
        `migrations ${pending.join(', ')} have not run; run them first, or start with MIGRATIONS=apply`,
      )
  }
}
