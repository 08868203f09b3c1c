/** What is asked every few seconds must not read what else waits: the plans, of tables that are long. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Sweeper } from '../runtime/sweeper.ts'
import { type Database, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { eventually } from '../testing/service.fixture.ts'
import { readBacklog } from './backlog.ts'
import { createPool } from './connect.ts'
import { findDue } from './find-due.ts'
import { readLetterRow } from './find-letters.ts'
import { findMessage } from './find-message.ts'
import { oldestUnfinished } from './oldest-unfinished.ts'

let db: Database
const sagaId = newSagaId()
beforeAll(async () => {
  db = await freshDatabase()
  await db.query(
    `insert into saga.waiting (message_id, kind, saga_id, partition, message_type, seq, n, due_at, headers)
     select 'm' || i, case when i % 1000 = 0 then 'parked' when i % 1000 = 1 then 'timer' when i % 1000 = 2 then 'dead' else 'retry' end,
       gen_random_uuid(), i % 4, 'Paid', i, 0, case when i % 1000 not in (0, 2) then now() end, '{}' from generate_series(1, 20000) i`,
  )
  await db.query(
    `insert into saga.operator_acts (seq, n, operator, act, saga_id, letter_id, deaths, forced)
     select i, 0, 'ann', 'replay', gen_random_uuid(), 'm' || i, 1, false from generate_series(1, 20000) i`,
  )
  await db.query('analyze saga.waiting')
  await db.query('analyze saga.operator_acts')
})
afterAll(() => db.close())

interface Plan {
  readonly 'Relation Name'?: string
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly 'Index Cond'?: string
  readonly Plans?: readonly Plan[]
}
const all = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(all)]

/** How PostgreSQL would read these tables for what is asked. */
async function scansOf(ask: (pool: any) => Promise<unknown>): Promise<string[]> {
  const plans: Plan[] = []
  const query = async (asked: string | { text: string; values: unknown[] }, values?: unknown[]) => {
    const { text, ...o } = typeof asked === 'string' ? { text: asked, values } : asked
    const { rows } = await db.pool.query(`explain (format json) ${text}`, o.values)
    plans.push(...all(rows[0]['QUERY PLAN'][0].Plan))
    return { rows: [{}] }
  }
  await ask({ query })
  return plans
    .filter(plan => ['waiting', 'operator_acts'].includes(plan['Relation Name'] ?? '') || plan['Index Name'])
    .map(
      plan =>
        `${plan['Node Type'].replace(/^Bitmap |Only /, '')} ${plan['Index Name'] ?? ''} ${plan['Index Cond'] ?? ''}`,
    )
}

test('the gauges read timers and parked messages alone, however many others are due', async () => {
  const scans = (await scansOf(pool => readBacklog(pool, 100))).join('\n')
  expect(scans).not.toContain('Seq Scan')
  expect(scans).not.toContain('waiting_due')
  for (const index of ['waiting_timers', 'waiting_parked', 'waiting_dead']) expect(scans).toContain(index)
})

test('the oldest unfinished message of a type is found in its place in the index', async () => {
  const scans = await scansOf(pool => oldestUnfinished(pool, ['Paid']))
  expect(scans.join('\n')).not.toContain('Seq Scan')
  expect(scans).toContainEqual(expect.stringMatching(/waiting_unfinished .*message_type = /))
})

test.each([
  ['of a saga', sagaId, 'saga_id = .*::uuid'],
  ['of a record that nobody could read', null, 'saga_id IS NULL'],
] as const)('one message is found by its name, %s', async (_name, ofSaga, condition) => {
  const named = { id: 'm5', sagaId: ofSaga }
  const message = await scansOf(pool => findMessage(pool, named))
  const letter = await scansOf(pool => readLetterRow(pool, named))
  for (const scans of [message, letter]) {
    expect(scans.join('\n')).not.toContain('Seq Scan')
    expect(scans).toContainEqual(expect.stringMatching(new RegExp(`waiting_message .*${condition}`)))
  }
  expect(message).toContainEqual(expect.stringMatching(new RegExp(`operator_acts_letter .*${condition}`)))
})

test('a statement of the engine has one plan, made while its table is short, that is right when it is long', async () => {
  const short = await freshDatabase()
  const pool = createPool({ url: short.url, poolSize: 1, applicationName: 'engine', byKey: true })
  try {
    for (let n = 0; n < 10; n++) await findDue(pool, [0], 1 + n * 50)
    const kept = await pool.query(
      `select generic_plans::int, custom_plans::int from pg_prepared_statements where name = 'find-due'`,
    )
    expect(kept.rows).toEqual([{ generic_plans: 10, custom_plans: 0 }])
    const explained = await pool.query(`explain (format json) execute "find-due" ('{0}', 10000, 500, null)`)
    const nodes = all(explained.rows[0]['QUERY PLAN'][0].Plan).map(plan => plan['Index Name'] ?? plan['Node Type'])
    expect(nodes).toEqual(['Limit', 'Incremental Sort', 'waiting_due'])
  } finally {
    await pool.end()
    await short.close()
  }
})

test('the sweeper looks for what was left by indexes, which have next to nothing in them, and never through the outbox', async () => {
  const looks = async () => {
    const [row] = await db.query(
      `select seq_scan::int as whole, idx_scan::int as by_index from pg_stat_user_tables where relid = 'saga.outbox'::regclass`,
    )
    return row as { whole: number; by_index: number }
  }
  const before = await looks()
  const sweeper = new Sweeper({
    ...{ databaseUrl: db.url, applicationName: 'sweeper', publishWindowMs: 1_000, locked: true, givesUp: true },
    ...{ publisher: { publish: () => undefined }, isAcknowledged: () => false, trouble: () => undefined },
  })
  sweeper.run()
  try {
    const after = await eventually('it has looked', looks, found => found.by_index > before.by_index)
    expect(after.whole).toBe(before.whole)
  } finally {
    await sweeper.stop()
  }
})
