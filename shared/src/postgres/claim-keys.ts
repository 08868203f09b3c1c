import type { ClientBase } from 'pg'
import { columnsOf, recordset } from './recordset.ts'
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
export type Claim = 'ours' | 'other-body' | StoredAnswer

export const keyText = ({ route, principal, key }: Omit<IdempotencyKey, 'bodyHash'>) =>
  JSON.stringify([route, principal, key])

const named = recordset(columnsOf('route text, principal text, key text'))
const claimed = recordset(columnsOf('route text, principal text, key text, body_hash bytea'))
const answered = recordset(columnsOf('route text, principal text, key text, status int, answer jsonb'))

/**
 * The first statement of the transaction. The insert waits for a transaction that inserted the same key and has not
 * ended; only the statement after it can see that one's answer (rule 2). The keys are distinct.
 */
export async function claimKeys(tx: ClientBase, keys: readonly IdempotencyKey[]): Promise<Map<string, Claim>> {
  const claims = new Map<string, Claim>()
  if (keys.length === 0) return claims
  const values = claimed.values(keys.map(({ bodyHash, ...rest }) => ({ ...rest, body_hash: bodyHash })))
  const inserted = await tx.query({
    name: 'claim-keys',
    text: `insert into saga.idempotency_keys (route, principal, key, body_hash)
           select ${claimed.select} from ${claimed.from}
           order by route, principal, key
           on conflict do nothing returning route, principal, key`,
    values,
  })
  for (const row of inserted.rows) claims.set(keyText(row), 'ours')
  if (claims.size === keys.length) return claims
  const found = await tx.query({
    name: 'read-keys',
    text: `select i.route, i.principal, i.key, i.status, i.answer, i.body_hash = r.body_hash as same
           from ${claimed.from}
           join saga.idempotency_keys i using (route, principal, key)`,
    values,
  })
  for (const row of found.rows)
    if (!claims.has(keyText(row)))
      claims.set(keyText(row), row.same ? { status: row.status, answer: row.answer } : 'other-body')
  return claims
}

/** Stores the answers of handlers; keys without one (a 5xx) are given back, so that a repeat runs. */
export function settleKeys(answers: ReadonlyMap<IdempotencyKey, StoredAnswer | undefined>): Statement[] {
  const saved: Statement[] = []
  const all = [...answers].map(([{ route, principal, key }, answer]) => ({
    route,
    principal,
    key,
    status: answer?.status ?? null,
    answer: answer?.answer ?? null,
  }))
  const kept = all.filter(row => row.status !== null)
  const givenBack = all.filter(row => row.status === null)
  if (kept.length > 0)
    saved.push({
      name: 'store-answers',
      text: `update saga.idempotency_keys i set status = r.status, answer = r.answer from ${answered.from}
             where i.route = r.route and i.principal = r.principal and i.key = r.key`,
      values: answered.values(kept),
    })
  if (givenBack.length > 0)
    saved.push({
      name: 'give-keys-back',
      text: `delete from saga.idempotency_keys i using ${named.from}
             where i.route = r.route and i.principal = r.principal and i.key = r.key`,
      values: named.values(givenBack),
    })
  return saved
}
