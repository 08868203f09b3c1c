import type { Pool } from 'pg'
import type { Envelope } from '../core/delivery.ts'
import type { WaitingRow } from '../core/saga.ts'
import { isSaga } from './is-saga.ts'

/** An open letter as it stands in the table. Step, direction and type are null of a record that nobody could read. */
export interface StoredLetter {
  readonly id: string
  readonly sagaId: string | null
  readonly deaths: number
  readonly step: string | null
  readonly direction: 'action' | 'compensation' | null
  readonly messageType: string | null
  readonly errorCode: string
  readonly errorMessage: string
  readonly attempts: number
  readonly firstFailedAt: Date
  readonly diedAt: Date
  readonly parkedBehind: number
  readonly request: WaitingRow['request']
  /** Its place in the order of deaths. */
  readonly place: LetterPlace
}
/** The time as the database writes it: a JavaScript date would cut its microseconds off, and skip or repeat letters. */
export type LetterPlace = readonly [diedAt: string, seq: number, n: number]

export interface LettersWanted {
  readonly step?: string | undefined
  readonly error?: string | undefined
  readonly since?: Date | undefined
  readonly sagaId?: string | undefined
  readonly after?: LetterPlace | undefined
  readonly limit: number
}

const columns = `message_id as id, saga_id as "sagaId", deaths, step, direction, message_type as "messageType", error_code as "errorCode",
  error_message as "errorMessage", attempts, first_failed_at as "firstFailedAt", died_at as "diedAt", request,
  json_build_array(died_at::text, seq, n) as place,
  (select count(*) from saga.waiting behind where behind.saga_id = w.saga_id and behind.kind <> 'timer' and (behind.seq, behind.n) > (w.seq, w.n)) as "parkedBehind"`

/** Open letters, oldest death first; at most `limit`. */
export async function findLetters(pool: Pool, wanted: LettersWanted): Promise<StoredLetter[]> {
  const values: unknown[] = [wanted.limit]
  const conditions = [`kind = 'dead'`]
  if (wanted.step !== undefined) conditions.push(`step = $${values.push(wanted.step)}`)
  if (wanted.error !== undefined) conditions.push(`error_code = $${values.push(wanted.error)}`)
  if (wanted.since !== undefined) conditions.push(`died_at >= $${values.push(wanted.since)}::timestamptz`)
  if (wanted.sagaId !== undefined) conditions.push(`saga_id = $${values.push(wanted.sagaId)}::uuid`)
  if (wanted.after) {
    const [diedAt, seq, n] = wanted.after
    const at = values.push(diedAt, seq, n)
    conditions.push(`(died_at, seq, n) > ($${at - 2}::timestamptz, $${at - 1}::bigint, $${at}::int)`)
  }
  const found = await pool.query(
    `select ${columns} from saga.waiting w where ${conditions.join(' and ')} order by died_at, seq, n limit $1`,
    values,
  )
  return found.rows
}

export interface LetterInFull extends StoredLetter {
  readonly envelope: Envelope
  readonly errorStack: string | null
}

/** One open letter with its message; undefined when none of that name is open. */
export async function readLetterRow(
  pool: Pool,
  { id, sagaId }: { readonly id: string; readonly sagaId: string | null },
): Promise<LetterInFull | undefined> {
  const found = await pool.query(
    `select ${columns}, error_stack as "errorStack", key, headers, body from saga.waiting w
     where kind = 'dead' and ${isSaga(sagaId)} and message_id = $2`,
    [sagaId, id],
  )
  const [row] = found.rows
  if (!row) return undefined
  const { key, headers, body, ...letter } = row
  return { ...letter, envelope: { key, headers, body } }
}
