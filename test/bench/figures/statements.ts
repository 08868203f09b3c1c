import type { Pool } from 'pg'

const dearest = 25

/** Makes PostgreSQL count what each statement costs; it must be started again after this. */
export async function countStatements(admin: Pool): Promise<void> {
  await admin.query('alter system set shared_preload_libraries = pg_stat_statements')
}

/** Forgets what was counted. */
export async function forgetStatements(admin: Pool): Promise<void> {
  await admin.query('create extension if not exists pg_stat_statements')
  await admin.query('select pg_stat_statements_reset()')
}

/** The statements on which the databases spent most time; `ms` is what one call takes. */
export async function dearestStatements(admin: Pool): Promise<string> {
  const found = await admin.query(
    `select d.datname as database, s.calls::float8, s.total_exec_time as total, s.rows::float8, s.wal_bytes::float8 as wal,
       100 * s.total_exec_time / sum(s.total_exec_time) over () as share, left(regexp_replace(s.query, '\\s+', ' ', 'g'), 110) as query
     from pg_stat_statements s join pg_database d on d.oid = s.dbid order by s.total_exec_time desc limit ${dearest}`,
  )
  const lines = found.rows.map(({ database, calls, total, rows, wal, share, query }) => {
    const ms = (total / calls).toFixed(2).padStart(8)
    const perCall = (rows / calls).toFixed(1).padStart(8)
    const bytes = (wal / calls / 1024).toFixed(0).padStart(6)
    return `${share.toFixed(1).padStart(5)}% ${ms} ms ${perCall} rows ${bytes} kB WAL  ${String(database).padEnd(14)} ${query}`
  })
  return ['dearest statements', ...lines].join('\n')
}
