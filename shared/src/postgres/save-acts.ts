import type { Decision } from '../core/decision.ts'
import type { Statement } from './statement.ts'
import { storableJson } from './storable-json.ts'

/** Closes the letters that nobody could read, and writes down what operators did, in the transaction that does it. */
export function saveActs(
  seq: number,
  { acted, unreadableClosed }: Pick<Decision, 'acted' | 'unreadableClosed'>,
): Statement[] {
  const saved: Statement[] = []
  const ids = (how: string) => unreadableClosed.filter(closed => closed.how === how).map(({ id }) => id)
  if (unreadableClosed.length > 0)
    saved.push(
      {
        name: 'forget-unreadable',
        text: 'delete from saga.waiting where saga_id is null and message_id = any($1)',
        values: [ids('forget')],
      },
      {
        name: 'bury-for-good',
        text: `update saga.waiting set kind = 'tombstone', died_at = null, key = null, headers = '{}', body = null
             where saga_id is null and message_id = any($1)`,
        values: [ids('tombstone')],
      },
    )
  const done = acted.filter(({ result }) => result === 'done')
  if (done.length === 0) return saved
  const rows = done.map(({ act, step, direction, errorCode, forced }, n) => ({
    ...{ n, operator: act.operator, act: act.act, plan: act.plan, step, direction, error_code: errorCode, forced },
    ...{ saga_id: act.letter.sagaId, letter_id: act.letter.id, deaths: act.letter.deaths },
    reason: act.act === 'discard' ? act.reason : null,
  }))
  saved.push({
    name: 'save-acts',
    text: `insert into saga.operator_acts (seq, n, operator, act, plan, saga_id, letter_id, deaths, step, direction, error_code, reason, forced)
           select $2, n, operator, act, plan, saga_id, letter_id, deaths, step, direction, error_code, reason, forced
           from json_to_recordset($1) as r (n int, operator text, act text, plan text, saga_id uuid, letter_id text, deaths int,
             step text, direction text, error_code text, reason text, forced boolean)`,
    values: [storableJson(rows), seq],
  })
  return saved
}
