import type { ClientBase } from 'pg'
import type { Decision } from '../core/decision.ts'
import type { Delivery } from '../core/delivery.ts'
import { columnsBy, recordset } from './recordset.ts'
import { RunAgain } from './run-again.ts'
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

/** Those of the requests that were answered before. */
export async function repeatsOf(
  tx: ClientBase,
  keys: ReadonlyMap<Delivery, IdempotencyKey>,
): Promise<Map<Delivery, Repeat>> {
  const repeats = new Map<Delivery, Repeat>()
  if (keys.size === 0) return repeats
  const found = await tx.query({
    name: 'find-answers',
    text: `select i.route, i.principal, i.key, i.status, i.answer, i.body_hash = r.body_hash as same
           from ${asked.from}
           join saga.idempotency_keys i using (route, principal, key)`,
    values: asked.values([...keys.values()]),
  })
  const answers = new Map<string, Repeat>()
  for (const row of found.rows)
    answers.set(keyText(row), row.same ? { status: row.status, answer: row.answer } : 'other-body')
  for (const [delivery, key] of keys) {
    const answer = answers.get(keyText(key))
    if (answer) repeats.set(delivery, answer)
  }
  return repeats
}

/**
 * What is stored under the keys: a handler's yes or no, and those are taken off. What is left, a 5xx or a command that waits
 * for the next round, leaves no row.
 */
export function answersTo(keys: Map<Delivery, IdempotencyKey>, { decided }: Decision): Answered[] {
  return decided.flatMap(({ delivery, answer }) => {
    const key = keys.get(delivery)
    if (!key || !answer) return []
    keys.delete(delivery)
    return answer.outcome === 'accepted'
      ? { ...key, status: 200, answer: answer.answer }
      : { ...key, status: answer.status, answer: { code: answer.code, detail: answer.detail } }
  })
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

/** Rule 32: a repeat whose first had not committed when the keys were looked up has run; all of it is undone. */
export function onlyOurs(isOurs: boolean): void {
  if (!isOurs) throw new RunAgain('the same request was answered meanwhile')
}
