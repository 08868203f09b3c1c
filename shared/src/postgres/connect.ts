import { Writable } from 'node:stream'
import pg from 'pg'

export interface DatabaseOptions {
  readonly url: string
  readonly poolSize: number
  readonly applicationName: string
  /** Its statements name the rows that they want by their keys, as the engine's do. */
  readonly byKey?: boolean
}

/** Beyond this a bigint is no exact JavaScript number; money and quantities are refused before they get there. */
function safeInteger(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw new RangeError(`${text} is beyond the safe-integer range`)
}
const types = new pg.TypeOverrides()
types.setTypeParser(20 as never, safeInteger as never)
// date and timestamp as their text: as a Date they would be read in one time zone, written in another, and drift at each save.
for (const oid of [1082, 1114]) types.setTypeParser(oid as never, ((text: string) => text) as never)

export const statementTimeoutMs = 10_000

/**
 * Rule 28: a process that stops inside a transaction (SIGSTOP, a lost host) must not hold its locks for ever, and an
 * acknowledged COMMIT must be on disk. Set for each connection, since a role's or a database's defaults may differ.
 */
const sessionSettings = {
  synchronous_commit: 'on',
  default_transaction_isolation: 'read\\ committed',
  idle_in_transaction_session_timeout: 5_000,
  lock_timeout: 5_000,
  statement_timeout: statementTimeoutMs,
  tcp_keepalives_idle: 5,
  tcp_keepalives_interval: 2,
  tcp_keepalives_count: 3,
  // A process that stops while an answer is on its way is neither idle nor silent: its kernel says that it is full, for ever.
  tcp_user_timeout: 10_000,
  timezone: 'UTC',
}
/**
 * A prepared statement's plan is made when its table is small or was never analysed, and kept while the table grows: a
 * hundred rows by their primary key were read in 20 ms, since each time the whole table was. Rows that are named by their
 * key are looked up by it, and what is due is read in the order of its times, not sorted (no bitmaps). So one plan is right
 * however many rows there are, and is made once: left to itself PostgreSQL makes another for each small batch, which is a
 * quarter of what such a transaction costs it.
 */
const byKeySettings = {
  ...{ enable_seqscan: 'off', enable_bitmapscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off' },
  plan_cache_mode: 'force_generic_plan',
}

/** What a participant's own SQL must run under. */
export const planFreely = Object.entries({ ...byKeySettings, plan_cache_mode: 'auto' })
  .map(([name, value]) => `set local ${name} = ${value === 'off' ? 'on' : value}`)
  .join('; ')

const optionsOf = (settings: Readonly<Record<string, string | number>>) =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')

export function connectionConfig({
  url,
  applicationName,
  byKey = false,
}: Omit<DatabaseOptions, 'poolSize'>): pg.ClientConfig {
  return {
    connectionString: url,
    options: optionsOf({ ...sessionSettings, ...(byKey && byKeySettings) }),
    types,
    application_name: applicationName,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    connectionTimeoutMillis: 5_000,
    // A half-open connection gives no error: the client's own limit, a little above the server's, ends the wait.
    query_timeout: statementTimeoutMs + 2_000,
  }
}

export function createPool(o: DatabaseOptions): pg.Pool {
  // Statements that do not need each other's answers are sent together.
  const pool = new pg.Pool({ ...connectionConfig(o), pipeline: true, max: o.poolSize, idleTimeoutMillis: 60_000 })
  // An idle connection that breaks is only removed; what runs on a connection learns of it by its own error.
  pool.on('error', () => {})
  // One that breaks in the middle of a transaction tells its query, and then, with no query to tell, whoever listens:
  // without a listener that is an uncaught exception, and the process ends.
  pool.on('connect', client => {
    client.on('error', () => {})
    gatherWrites((client as unknown as { connection: { stream: Writable } }).connection.stream)
  })
  return pool
}

/**
 * node-postgres corks its socket for each statement; statements that are sent together would be a system call each, and
 * wake the server as often. So the end of a cork waits until all that runs now has said what it has to say.
 */
function gatherWrites(stream: Writable): void {
  stream.uncork = () => process.nextTick(() => Writable.prototype.uncork.call(stream))
}
