import type { Pool } from 'pg'
import { type FetchedRecord, recordHeaders } from 'saga-kit/observing'
import { periodically } from 'saga-kit/parts'
import { type RecordOptions, recordBatch } from './record-batch.ts'
import { recordOrPutAside } from './record-or-put-aside.ts'

export interface ReadPutAsideOptions {
  readonly recording: RecordOptions
  /** Whether it is known who declares what: before that nobody can say what a topic carries. */
  readonly isReady: () => boolean
  readonly trouble: (error: unknown) => void
}

type Place = readonly [topic: string, partition: number, offset: string]
const everyMs = 250
const atOnce = 500

/**
 * At each start reads again, once and in their order, the records that were put aside for a fault of the observer's own code,
 * which another version may have mended. What still cannot be recorded stays where it is, and so do old declarations, whose
 * services have declared themselves anew since.
 */
export function readPutAside(o: ReadPutAsideOptions): { stop(): Promise<void> } {
  let after: Place | undefined = ['', 0, '0']
  return periodically(everyMs, async () => {
    if (after === undefined || !o.isReady()) return
    try {
      after = await readSome(after, o)
    } catch (error) {
      o.trouble(error)
    }
  })
}

/** @returns the place of the last that was tried; undefined when there was none */
export async function readSome(after: Place, { recording, trouble }: Omit<ReadPutAsideOptions, 'isReady'>) {
  const { pool, topicPrefix, roleOf } = recording
  const { rows } = await pool.query(
    `select topic, partition, "offset"::text, key, headers, body, coalesce(at, seen_at) as at from foreign_records
     where why = 'fault' and (topic, partition, "offset") > ($1, $2, $3) order by topic, partition, "offset" limit $4`,
    [...after, atOnce],
  )
  const records = rows.map(
    (row): FetchedRecord => ({
      ...{ topic: topicPrefix + row.topic, partition: row.partition, offset: BigInt(row.offset) },
      ...{ key: row.key, value: row.body, headers: recordHeaders(row.headers), timestampMs: row.at.getTime() },
    }),
  )
  const isOfSagas = ({ topic }: FetchedRecord) => /^(events|letters)$/.test(roleOf(topic)?.carries ?? '')
  await recordOrPutAside(
    {
      record: async some => {
        if (some.length > 0) await recordBatch(recording, some, client => remove(client, some, topicPrefix))
      },
      putAside: async (record, why) => {
        // What the database refuses now was never our fault.
        if (why === 'refused') await pool.query(mark, [...placeOf(record, topicPrefix)])
      },
      trouble,
    },
    records.filter(isOfSagas),
  )
  const last = rows.at(-1)
  return last && ([last.topic, last.partition, last.offset] as const)
}

const mark = `update foreign_records set why = 'refused' where topic = $1 and partition = $2 and "offset" = $3`

const placeOf = ({ topic, partition, offset }: FetchedRecord, topicPrefix: string): Place => [
  ...([topic.slice(topicPrefix.length), partition, String(offset)] as const),
]

/** In the transaction that has recorded them. First, since what of them is no event of a saga is put there anew. */
async function remove(client: Pick<Pool, 'query'>, records: readonly FetchedRecord[], topicPrefix: string) {
  const places = records.map(record => placeOf(record, topicPrefix))
  await client.query(
    `delete from foreign_records f using unnest($1::text[], $2::integer[], $3::bigint[]) as r (topic, partition, "offset")
     where (f.topic, f.partition, f."offset") = (r.topic, r.partition, r."offset")`,
    [places.map(([topic]) => topic), places.map(([, partition]) => partition), places.map(([, , offset]) => offset)],
  )
}

/** How many wait for a version that can read them. */
export async function countPutAside(pool: Pick<Pool, 'query'>): Promise<number> {
  const { rows } = await pool.query(`select count(*)::float8 as n from foreign_records where why = 'fault'`)
  return rows[0].n
}
