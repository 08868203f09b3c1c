import type { Pool } from 'pg'
import type { Counts } from '../contract.ts'

const minuteMs = 60_000
/** What a chart can show. */
const mostBuckets = 60

/** In whole minutes, since that is how they are counted. */
export const bucketMsOf = (hours: number): number => Math.ceil((hours * 60) / mostBuckets) * minuteMs

/** How things stand, and how sagas that began in the last hours have ended. */
export async function readCounts(
  pool: Pick<Pool, 'query'>,
  { hours, attributes, now }: { hours: number; attributes: readonly string[]; now: Date },
): Promise<Counts> {
  const bucketMs = bucketMsOf(hours)
  const last = Math.floor(now.getTime() / bucketMs)
  const first = last - Math.ceil((hours * 60 * minuteMs) / bucketMs) + 1
  const [kinds, over, choices] = await Promise.all([
    // Those that began before the first bucket have none, and count as they stand.
    pool.query(
      `select case when minute >= $2 then floor(extract(epoch from minute) * 1000 / $1)::bigint end as bucket, state, ending, sum(n)::integer as n
       from saga_counts group by 1, 2, 3 having sum(n) > 0`,
      [bucketMs, new Date(first * bucketMs)],
    ),
    pool.query(
      `select (select count(*) from sagas where overdue)::integer as overdue, (select count(*) from letters where status = 'open')::integer as letters`,
    ),
    // Of as many as can be looked at while somebody waits.
    pool.query(`select array(select distinct unnest(steps) from (select steps from sagas where steps <> '{}' limit 10000) s order by 1) as steps,
      array(select distinct error_code from (select error_code from letters where status = 'open' limit 10000) l order by 1) as errors`),
  ])
  const of = (state: string) => total(kinds.rows.filter(row => row.state === state))
  const buckets = Map.groupBy(kinds.rows, row => row.bucket as number | null)
  return {
    ...{ open: of('open'), blocked: of('blocked'), settled: of('settled') },
    ...{ overdue: over.rows[0].overdue, openLetters: over.rows[0].letters, bucketMs },
    buckets: Array.from({ length: last - first + 1 }, (_, n) => {
      const rows = buckets.get(first + n) ?? []
      return {
        from: new Date((first + n) * bucketMs).toISOString(),
        began: total(rows),
        endings: Object.fromEntries(
          [...Map.groupBy(rows, row => row.ending as string)].flatMap(([ending, those]) =>
            ending === '' ? [] : [[ending, total(those)]],
          ),
        ),
      }
    }),
    endings: [...new Set(kinds.rows.map(row => row.ending as string))].filter(ending => ending !== '').sort(),
    ...{ steps: choices.rows[0].steps, errors: choices.rows[0].errors, attributes: [...attributes] },
  }
}

const total = (rows: readonly { readonly n: number }[]) => rows.reduce((sum, { n }) => sum + n, 0)
