import type { Pool } from 'pg'

export interface DatabaseCounts {
  readonly walBytes: number
  readonly walSyncs: number
  readonly transactions: number
}

/**
 * What PostgreSQL has counted since its start, over all databases. Backends report their syncs and transactions once a second
 * at most, so that a window of some seconds is exact to a second's share.
 */
export async function databaseCounts(admin: Pool): Promise<DatabaseCounts> {
  const { rows } = await admin.query(
    `select (pg_current_wal_insert_lsn() - '0/0')::float8 as "walBytes",
       (select sum(fsyncs)::float8 from pg_stat_io where object = 'wal') as "walSyncs",
       (select sum(xact_commit)::float8 from pg_stat_database) as transactions`,
  )
  return rows[0]
}
