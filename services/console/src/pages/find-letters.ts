import type { Pool } from 'pg'
import type { LetterGroups, ObservedLetter } from '../contract.ts'

export interface LetterFilter {
  readonly service?: string | undefined
  readonly step?: string | undefined
  readonly error?: string | undefined
  readonly after?: LetterPlace | undefined
}
/** Where a letter stands in the order of deaths. */
export type LetterPlace = readonly [diedAt: string, seq: number]

const columns =
  'seq, service, id, saga_id, status, deaths, step, direction, message_type, error_code, error_message, attempts, first_failed_at, died_at'

/** Open letters, the oldest death first. */
export async function findLetters(
  pool: Pick<Pool, 'query'>,
  filter: LetterFilter,
  limit: number,
): Promise<{ letter: ObservedLetter; place: LetterPlace }[]> {
  const values: unknown[] = []
  const value = (given: unknown) => `$${values.push(given)}`
  const { service, step, error, after } = filter
  const where = [
    `status = 'open'`,
    service !== undefined && `service = ${value(service)}`,
    // Of a record that nobody could read there is none: the empty text asks for these.
    step !== undefined && (step === '' ? 'step is null' : `step = ${value(step)}`),
    error !== undefined && `error_code = ${value(error)}`,
    after && `(died_at, seq) > (${value(after[0])}, ${value(after[1])})`,
  ].filter(Boolean)
  const { rows } = await pool.query(
    `select ${columns} from letters where ${where.join(' and ')} order by died_at, seq limit ${value(limit)}`,
    values,
  )
  return rows.map(row => ({ letter: letterOf(row), place: [row.died_at.toISOString(), row.seq] }))
}

/** All of a saga, what became of them included. */
export async function findLettersOf(pool: Pick<Pool, 'query'>, sagaId: string): Promise<ObservedLetter[]> {
  const { rows } = await pool.query(
    `select ${columns} from letters where saga_id = $1 order by died_at, seq limit 1000`,
    [sagaId],
  )
  return rows.map(letterOf)
}

/** By service, step and error; each with what its oldest letter says. */
export async function groupLetters(pool: Pick<Pool, 'query'>): Promise<LetterGroups['groups']> {
  const { rows } = await pool.query(
    `select g.*, oldest.error_message from (
       select service, step, direction, error_code, count(*)::integer as letters, count(distinct saga_id)::integer as sagas,
         min(died_at) as oldest_at, max(died_at) as youngest_at
       from letters where status = 'open' group by service, step, direction, error_code order by min(died_at) limit 1000) g
     cross join lateral (
       select error_message from letters l where l.status = 'open' and l.died_at = g.oldest_at and l.service = g.service
         and l.error_code = g.error_code and l.step is not distinct from g.step limit 1) oldest
     order by g.oldest_at, g.service, g.step nulls first, g.error_code`,
  )
  return rows.map(row => ({
    ...{ service: row.service, step: row.step, direction: row.direction, errorCode: row.error_code },
    ...{ letters: row.letters, sagas: row.sagas, errorMessage: row.error_message },
    ...{ oldestAt: row.oldest_at.toISOString(), youngestAt: row.youngest_at.toISOString() },
  }))
}

const letterOf = (row: any): ObservedLetter => ({
  ...{ service: row.service, id: row.id, sagaId: row.saga_id, deaths: row.deaths, step: row.step },
  ...{ direction: row.direction, messageType: row.message_type, errorCode: row.error_code },
  ...{ errorMessage: row.error_message, attempts: row.attempts, status: row.status },
  ...{ firstFailedAt: row.first_failed_at?.toISOString() ?? null, diedAt: row.died_at.toISOString() },
})
