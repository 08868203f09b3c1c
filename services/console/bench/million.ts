/**
 * What the pages cost when the observer knows a million sagas, and what it takes in beside them.
 *
 *   DATABASE_URL=postgres://console:...@localhost:5432/console_bench node services/console/bench/million.ts [sagas]
 *
 * The database must be empty. A million takes some minutes and 10 GB.
 */
import pg from 'pg'
import { createPool, migrateOwn } from 'saga-kit/parts'
import { expireAll } from '../src/observer/expire.ts'
import { findEvents } from '../src/pages/find-events.ts'
import { findLetters, groupLetters } from '../src/pages/find-letters.ts'
import { findSagas } from '../src/pages/find-sagas.ts'
import { idPrefix } from '../src/pages/id-prefix.ts'
import { readCounts } from '../src/pages/read-counts.ts'
import { fill } from './fill.ts'
import { ingest } from './ingest.ts'

const url = process.env.DATABASE_URL
if (!url) throw new Error('DATABASE_URL is not set: name an empty database')
const sagas = Number(process.argv[2] ?? 1_000_000)
const days = 30
const say = (line: string) => console.error(line)

await migrateOwn(url, new URL('../migrations/', import.meta.url))
const client = new pg.Client({ connectionString: url })
await client.connect()
const [{ there }] = (await client.query('select exists (select from sagas) as there')).rows
if (!there) await fill(client, { sagas, days }, say)
const placeOf = async (share: number) =>
  (await client.query('select saga_id from sagas order by saga_id offset $1 limit 1', [Math.floor(sagas * share)]))
    .rows[0].saga_id
const [middle, early] = [await placeOf(0.5), await placeOf(0.02)]
const [{ size }] = (await client.query('select pg_size_pretty(pg_database_size(current_database())) as size')).rows
await client.end()

const pool = createPool({ url, poolSize: 2, applicationName: 'bench' })
const page = 51
const pages: [name: string, ask: () => Promise<unknown>][] = [
  ['sagas, first page', () => findSagas(pool, {}, page)],
  ['sagas, page in the middle', () => findSagas(pool, { after: middle }, page)],
  ['settled, near the end', () => findSagas(pool, { state: 'settled', after: early }, page)],
  ['open', () => findSagas(pool, { state: 'open' }, page)],
  ['open, in the middle', () => findSagas(pool, { state: 'open', after: middle }, page)],
  ['blocked, older than a day', () => findSagas(pool, { state: 'blocked', olderThanMs: 86_400_000 }, page)],
  ['overdue (none)', () => findSagas(pool, { overdue: true }, page)],
  ['ending CANCELLED, in the middle', () => findSagas(pool, { ending: 'CANCELLED', after: middle }, page)],
  ['an ending that nobody has', () => findSagas(pool, { ending: 'LOST' }, page)],
  ['awaiting a step', () => findSagas(pool, { step: 'deduct_balance' }, page)],
  ['with an error', () => findSagas(pool, { error: 'handler-threw' }, page)],
  [
    'of a customer with 90 sagas',
    () => findSagas(pool, { attribute: { name: 'customerId', value: 'customer-1' } }, page),
  ],
  [
    'of one with 100,000, in the middle',
    () => findSagas(pool, { attribute: { name: 'customerId', value: 'a-big-one' }, after: middle }, page),
  ],
  ['by the beginning of an id', () => findSagas(pool, { ids: idPrefix.parse(middle.slice(0, 14)) }, page)],
  ['counts of a day', () => readCounts(pool, { hours: 24, attributes: [], now: new Date() })],
  ['counts of 30 days', () => readCounts(pool, { hours: 24 * days, attributes: [], now: new Date() })],
  ['letters, first page', () => findLetters(pool, {}, page)],
  ['letters of a step', () => findLetters(pool, { service: 'balance', step: 'deduct_balance' }, page)],
  ['groups of 10,000 letters', () => groupLetters(pool)],
  ['events of a saga', () => findEvents(pool, middle)],
]

console.log(`${sagas} sagas, 8 events each, ${size}\n\n| Page | First, ms | Median of 9, ms |\n|---|---|---|`)
for (const [name, ask] of pages) {
  const times: number[] = []
  for (let n = 0; n < 10; n++) {
    const began = performance.now()
    await ask()
    times.push(performance.now() - began)
  }
  const [first = 0, ...rest] = times
  console.log(`| ${name} | ${first.toFixed(1)} | ${rest.toSorted((a, b) => a - b)[4]!.toFixed(1)} |`)
}

const events = 60_000
const cpuBefore = process.cpuUsage()
const perSecond = await ingest(pool, { events, batch: 1_998 })
const cpu = process.cpuUsage(cpuBefore)
const cpuMs = (cpu.user + cpu.system) / 1_000
console.log(
  `\ntakes in ${Math.round(perSecond)} events a second, ${((cpuMs / events) * 1_000).toFixed(0)} µs of the console's processor each`,
)

let expired = 0
const began = performance.now()
await expireAll({
  ...{ pool, keepSettledMs: (days - 1) * 86_400_000, keepOpenMs: 365 * 86_400_000 },
  expired: some => {
    expired += some
  },
})
console.log(`expires ${Math.round(expired / ((performance.now() - began) / 1_000))} sagas a second`)
await pool.end()
