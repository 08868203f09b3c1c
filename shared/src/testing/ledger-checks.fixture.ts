import { expect } from 'vitest'
import type { Decided } from '../core/decision.ts'
import type { Database } from './engine.fixture.ts'
import { behaviour } from './participant.fixture.ts'

export const outcomes = (decided: readonly Decided[]) => decided.map(d => d.outcome)

/** The fence of a saga, as `step direction: status`. */
export async function fenceOf(db: Database, sagaId: string): Promise<string[]> {
  const rows = await db.query(
    'select operation, status from saga.saga_log where saga_id = $1 order by step, direction',
    [sagaId],
  )
  return rows.map(row => `${row.operation}: ${row.status}`)
}

/** What is not done of a saga, in order of arrival: `kind step`. */
export async function queueOf(db: Database, sagaId: string): Promise<string[]> {
  const rows = await db.query('select kind, step, direction from saga.waiting where saga_id = $1 order by seq, n', [
    sagaId,
  ])
  return rows.map(row => `${row.kind} ${row.direction === 'action' ? '' : 'undo '}${row.step}`)
}

/** Types of the events of a saga in the order in which they leave; letters and markers by their status. */
export async function emitted(db: Database, sagaId: string): Promise<string[]> {
  const rows = await db.query('select headers from saga.outbox where saga_id = $1 order by seq, n', [sagaId])
  return rows.map(({ headers }) => headers['dlq-status'] ?? headers.ce_type.replace('test.', ''))
}

export async function balanceOf(db: Database, account: string): Promise<number | undefined> {
  return (await db.query('select balance from accounts where account = $1', [account]))[0]?.balance
}

/** Each account holds what its standing payments brought: nothing was paid twice, given back twice, or lost. */
export async function expectMoneyToAddUp(db: Database): Promise<void> {
  const wrong = await db.query(
    `select account, coalesce(a.balance, 0) as balance, coalesce(p.paid, 0)::bigint as paid
     from accounts a full join (select account, sum(amount) as paid from payments group by account) p using (account)
     where coalesce(a.balance, 0) <> coalesce(p.paid, 0)`,
  )
  expect(wrong).toEqual([])
}

/** Every message that an action of `pay` ended well has its payment, and no other has one. */
export async function expectPaymentsToMatchTheFence(db: Database): Promise<void> {
  const wrong = await db.query(
    `select saga_id, f.paid, p.saga_id is not null as has_payment
     from (select saga_id, bool_or(direction = 'action' and status = 'succeeded') and not bool_or(direction = 'compensation' and status = 'succeeded') as paid
           from saga.saga_log where step = 'pay' group by saga_id) f
     full join payments p using (saga_id) where coalesce(f.paid, false) <> (p.saga_id is not null)`,
  )
  expect(wrong).toEqual([])
}

/** For after each test: what always holds does, and nothing is left of what the test set or left waiting. */
export async function settle(db: Database): Promise<void> {
  behaviour.clear()
  await expectMoneyToAddUp(db)
  await expectPaymentsToMatchTheFence(db)
  await db.query('delete from saga.waiting')
}
