import type { ClientBase } from 'pg'
import { columnsBy, recordset } from './recordset.ts'
import type { Statement } from './statement.ts'

/** Rule 32: a request's identity, and what it asked. */
export interface IdempotencyKey {
  /** Method and full path, with its ids. */
  readonly route: string
  readonly principal: string
  readonly key: string
  readonly bodyHash: Buffer
}
export interface StoredAnswer {
  readonly status: number
  readonly answer: unknown
}
/** What a key that was there before says of the request that brings it again. */
export type Repeat = 'other-body' | StoredAnswer

export const keyText = ({ route, principal, key }: Omit<IdempotencyKey, 'bodyHash'>) =>
  JSON.stringify([route, principal, key])

type Answered = IdempotencyKey & StoredAnswer

const named = {
  'route text': (row: IdempotencyKey) => row.route,
  'principal text': (row: IdempotencyKey) => row.principal,
  'key text': (row: IdempotencyKey) => row.key,
  'body_hash bytea': (row: IdempotencyKey) => row.bodyHash,
}
const asked = recordset(columnsBy(named))
const answered = recordset(
  columnsBy<Answered>({ ...named, 'status int': row => row.status, 'answer jsonb': row => row.answer }),
)

/** By `keyText`: what has been answered before. */
export async function findAnswers(tx: ClientBase, keys: readonly IdempotencyKey[]): Promise<Map<string, Repeat>> {
  const repeats = new Map<string, Repeat>()
  if (keys.length === 0) return repeats
  const found = await tx.query({
    name: 'find-answers',
    text: `select i.route, i.principal, i.key, i.status, i.answer, i.body_hash = r.body_hash as same
           from ${asked.from}
           join saga.idempotency_keys i using (route, principal, key)`,
    values: asked.values(keys),
  })
  for (const row of found.rows)
    repeats.set(keyText(row), row.same ? { status: row.status, answer: row.answer } : 'other-body')
  return repeats
}

/**
 * The transaction's last statement: it waits for a transaction that answered the same key and has not ended, while nobody
 * who holds a key waits for anything more. It writes as many rows as it is given, or the request was answered meanwhile.
 */
export function insertAnswers(rows: readonly Answered[]): Statement {
  return {
    name: 'insert-answers',
    text: `insert into saga.idempotency_keys (route, principal, key, body_hash, status, answer)
           select ${answered.select} from ${answered.from}
           order by route, principal, key
           on conflict do nothing`,
    values: answered.values(rows),
  }
}
