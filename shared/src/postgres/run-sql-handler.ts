import type { ClientBase } from 'pg'
import type { Decision, Loaded } from '../core/decision.ts'
import type { Delivery } from '../core/delivery.ts'
import { judge } from '../core/fence.ts'
import type { Rules } from '../core/rules.ts'
import { checked, type Handled } from '../core/run-handler.ts'
import { PermanentError } from '../errors.ts'
import { planFreely } from './connect.ts'

/**
 * Runs a `sql` handler, which has the transaction to itself, behind a savepoint. Undefined when the fence says that it must not run.
 * @throws what the database refused, even if the handler caught it: such an error is judged by the transaction (rule 29).
 */
export async function runSqlHandler(
  tx: ClientBase,
  rules: Rules,
  { now, sagas }: Loaded,
  delivery: Delivery,
): Promise<Handled | undefined> {
  const { handler } = delivery.reaction
  const saga = sagas.get(delivery.sagaId)
  if (handler.form !== 'sql' || !saga) return undefined
  const isCommand = delivery.origin.source === 'command'
  if (!isCommand && judge(saga, delivery, now.getTime(), rules.safeguards).verdict !== 'run') return undefined
  if (isCommand && saga.unfinished().length > 0) return undefined

  let refusal: unknown
  let underWay = 0
  let hasEnded = false
  const ask = async (text: string, values: readonly unknown[]) => {
    // Its connection may be in somebody else's transaction by now.
    if (hasEnded)
      throw new Error(`a statement of ${delivery.reaction.step} came when its handler had ended: await each`)
    underWay++
    try {
      return { rows: (await tx.query(text, [...values])).rows }
    } catch (error) {
      refusal ??= error
      throw error
    } finally {
      underWay--
    }
  }
  const query = (text: string, values: readonly unknown[] = []) => {
    const asked = ask(text, values)
    // The transaction is told too: one that the handler does not wait for must not end the process.
    asked.catch(() => undefined)
    return asked
  }
  await tx.query(`savepoint handler; ${planFreely}`)
  try {
    const context = { now, sagaId: delivery.sagaId, settings: rules.settings }
    const outcome = await handler.run(delivery.message, { query }, context)
    // What it sends next could be refused when nobody listens any more, and COMMIT would then undo everything.
    if (underWay > 0)
      throw new PermanentError(
        'statement-not-awaited',
        `${delivery.reaction.step}: a statement was under way when its handler returned; it must await each`,
      )
    const end = checked(delivery, outcome, { touched: false })
    if (refusal) throw refusal
    return end
  } catch (error) {
    // Only the handler knows that a certain refusal is final.
    if (refusal && !(error instanceof PermanentError)) throw refusal
    return { end: 'thrown', error }
  } finally {
    hasEnded = true
  }
}

/** What the handler wrote stays only if its step took effect: it may say no, or emit what cannot be published. */
export async function keepOrUndo(tx: ClientBase, decision: Decision, delivery: Delivery): Promise<void> {
  const tookEffect = decision.decided.some(
    d => d.delivery === delivery && (d.outcome === 'succeeded' || d.outcome === 'accepted'),
  )
  if (!tookEffect) await tx.query('rollback to savepoint handler')
}
