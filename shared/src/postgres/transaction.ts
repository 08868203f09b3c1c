import type { ClientBase, Pool, PoolClient } from 'pg'
import { type Act, takeActs } from '../core/act.ts'
import { decide } from '../core/decide.ts'
import type { Decision } from '../core/decision.ts'
import type { Delivery, Turns, Undeliverable } from '../core/delivery.ts'
import type { Rules } from '../core/rules.ts'
import type { Handled } from '../core/run-handler.ts'
import type { Acknowledged } from './acknowledged.ts'
import { buryUndeliverables, sagaIdOfLetter } from './bury-undeliverable.ts'
import { loadSagas } from './load-sagas.ts'
import { loadStates } from './load-states.ts'
import { loadUnreadable } from './load-unreadable.ts'
import { type Found, lockSagas, openSagasUnlocked, type SagaToLock } from './lock-sagas.ts'
import { RunAgain } from './run-again.ts'
import { keepOrUndo, runSqlHandler } from './run-sql-handler.ts'
import { saveActs } from './save-acts.ts'
import { findStanding, type StoredRow, saveOutbox, stored } from './save-outbox.ts'
import { saveSagas } from './save-sagas.ts'
import { saveStates } from './save-states.ts'
import type { StateTable } from './state-tables.ts'
import { answersTo, type IdempotencyKey, insertAnswers, onlyOurs, type Repeat, repeatsOf } from './stored-answers.ts'

export interface Store {
  readonly pool: Pool
  readonly tables: readonly StateTable[]
  readonly rules: Rules
  readonly acknowledged: Acknowledged
  /** Of the steps that call: how many calls can begin now (rule 23). */
  turns(): ReadonlyMap<string, Turns>
}

/** What the sources hand over for one transaction. */
export interface Batch {
  readonly deliveries: readonly Delivery[]
  readonly undeliverables: readonly Undeliverable[]
  /** What operators have ordered. */
  readonly acts: readonly Act[]
  /** Keys of commands among the deliveries; distinct. */
  readonly keys: ReadonlyMap<Delivery, IdempotencyKey>
  /** Messages whose handler is not to be run, and why: the database refused what it did, or the message cannot be read any more. */
  readonly failed: ReadonlyMap<Delivery, unknown>
}

export interface Committed {
  readonly decision: Decision
  readonly outbox: readonly StoredRow[]
  /** Commands whose key somebody else had: their answer, not a run. */
  readonly repeats: ReadonlyMap<Delivery, Repeat>
  /** Monotonic, from before COMMIT was sent: the publish window begins here (rule 24). */
  readonly committingAtMs: number
}

/** One transaction over everything in the batch, in the lock order of rule 3. Throws with everything rolled back. */
export async function transact(store: Store, batch: Batch): Promise<Committed> {
  const client = await store.pool.connect()
  let broken: Error | undefined
  try {
    // Not waited for here: the first look is sent behind it.
    const begun = client.query({ name: 'begin', text: 'begin isolation level read committed' })
    begun.catch(() => undefined)
    const work = await inTransaction(client, store, batch, begun)
    const committingAtMs = performance.now()
    await commit(client, store.rules.safeguards.commitAcknowledged)
    return { ...work, committingAtMs }
  } catch (error) {
    broken = await rollback(client)
    throw error
  } finally {
    client.release(broken)
  }
}

/**
 * Rule 8: a COMMIT without an answer throws, whether or not the database has done it; running the batch again tells. One
 * that is answered with ROLLBACK throws too: PostgreSQL says so, and no more, when a statement had failed before it.
 */
async function commit(client: PoolClient, acknowledged: boolean): Promise<void> {
  const committing = client.query('commit')
  if (!acknowledged) {
    await committing.catch(() => undefined)
    return
  }
  if ((await committing).command !== 'COMMIT')
    throw new Error('COMMIT was answered with ROLLBACK: a statement of the transaction had failed, and nobody was told')
}

/** A connection that cannot even roll back is thrown away. */
async function rollback(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback')
    return undefined
  } catch (error) {
    return error as Error
  }
}

/**
 * What `transact` does between its BEGIN and its COMMIT.
 * @param begun the answer to BEGIN, if it is not known yet
 */
export async function inTransaction(
  tx: ClientBase,
  store: Store,
  batch: Batch,
  begun?: Promise<unknown>,
): Promise<Omit<Committed, 'committingAtMs'>> {
  const { rules, tables } = store
  const { safeguards } = rules

  const keys = safeguards.idempotencyKeys ? batch.keys : new Map<Delivery, IdempotencyKey>()
  const repeats = await repeatsOf(tx, keys)
  const deliveries = repeats.size === 0 ? batch.deliveries : batch.deliveries.filter(delivery => !repeats.has(delivery))

  const toLock = sagasOf(deliveries, batch.acts, rules)
  const found = safeguards.sagaLock
    ? await lockSagas(tx, toLock, safeguards.lockOrder)
    : await openSagasUnlocked(tx, toLock)
  // Without a transaction (BEGIN was cancelled, or out of memory) each statement from here on would be one of its own.
  await begun
  for (const { sagaId, opens } of toLock)
    if (opens && found.get(sagaId) === 'none') throw new RunAgain(`saga ${sagaId} was purged just now`)
  // A message that is not run needs no rows; its keys may be what the database refused (NUL, no uuid).
  const toRun = deliveries.filter(delivery => !batch.failed.has(delivery))
  // Sent together, in lock order (rule 3). If one is refused the transaction is, and with it all that were sent behind.
  const [clock, sagas, unreadable, standing, loadedTables] = await Promise.all([
    tx.query({ name: 'clock', text: `select now() as now, nextval('saga.arrival') as seq` }),
    loadSagas(tx, found),
    loadUnreadable(tx, batch.acts),
    findStanding(tx, sagasWithOutbox(found, batch.acts)),
    loadStates(tx, tables, toRun, safeguards.lockOrder),
  ])
  // Looked at now and again when rows are saved: what is acknowledged at either moment holds nothing up.
  const behind = store.acknowledged.unacknowledged(standing)
  const { now, seq } = clock.rows[0] as { now: Date; seq: number }
  const loaded = { now, seq, sagas, tables: loadedTables, turns: store.turns(), random: Math.random }
  const ended = new Map<Delivery, Handled>([...batch.failed].map(([d, error]) => [d, { end: 'thrown', error }]))
  const [alone] = deliveries
  const ranSql = alone && !ended.has(alone) ? await runSqlHandler(tx, rules, loaded, alone) : undefined
  if (alone && ranSql) ended.set(alone, ranSql)
  const decision = decide(rules, loaded, deliveries, ended)
  if (alone && ranSql) await keepOrUndo(tx, decision, alone)
  takeActs(decision, batch.acts, unreadable)
  const letters = await buryUndeliverables(tx, batch.undeliverables, {
    ...rules,
    partitionOf: rules.partitionOf,
    seq,
    now,
    firstN: decision.lastN,
  })

  // A letter of a record that nobody could read is behind its own markers only, and no saga's lock keeps those away.
  const standsStill = store.acknowledged.unacknowledged([...behind, ...(await findStanding(tx, letters.map(sagaIdOf)))])
  const waits = new Set(safeguards.deferral ? standsStill.map(sagaIdOf) : [])
  const outbox = stored([...decision.outbox, ...letters], seq, waits)
  const keeps = (row: StoredRow) => safeguards.letterInTransaction || row.topic !== rules.letterTopic
  const saves = [
    ...saveSagas(rules.service, sagas.values(), rules.partitionOf),
    ...saveOutbox(seq, outbox.filter(keeps)),
    ...saveStates(tables, loadedTables, safeguards.plainInsert),
    ...saveActs(seq, decision),
  ]
  const unanswered = new Map(keys)
  for (const delivery of repeats.keys()) unanswered.delete(delivery)
  const answers = answersTo(unanswered, decision)
  const answering = insertAnswers(answers)
  await Promise.all([
    ...saves.map(statement => tx.query(statement)),
    answers.length > 0 && tx.query(answering).then(({ rowCount }) => onlyOurs(rowCount === answers.length)),
    // What failed may have failed because it was done before.
    unanswered.size > 0 && repeatsOf(tx, unanswered).then(({ size }) => onlyOurs(size === 0)),
  ])
  return { decision, outbox, repeats }
}

const sagaIdOf = ({ sagaId }: { readonly sagaId: string }) => sagaId

/** A saga that was begun just now has no rows in the outbox; the letter of a record that nobody could read has its own. */
function sagasWithOutbox(found: ReadonlyMap<string, Found>, acts: readonly Act[]): string[] {
  const known = [...found].flatMap(([sagaId, is]) => (is === 'known' ? [sagaId] : []))
  return [...known, ...acts.flatMap(({ letter }) => (letter.sagaId === null ? [sagaIdOfLetter(letter.id)] : []))]
}

/** Distinct and sorted: two batches that share sagas take them in the same order (rule 3). */
export function sagasOf(deliveries: readonly Delivery[], acts: readonly Act[], rules: Rules): SagaToLock[] {
  const opens = new Map<string, boolean>()
  for (const { sagaId, origin, reaction } of deliveries)
    if (reaction.direction !== 'local')
      opens.set(sagaId, (opens.get(sagaId) ?? false) || origin.source !== 'command' || origin.opens)
  for (const act of acts) {
    const sagaId = act.letter.sagaId ?? act.read?.sagaId
    const mayOpen = act.act === 'restore' && act.letter.sagaId !== null && act.opens
    if (sagaId) opens.set(sagaId, (opens.get(sagaId) ?? false) || mayOpen)
  }
  const sagas = [...opens].map(([sagaId, o]) => ({ sagaId, opens: o, partition: rules.partitionOf(sagaId) }))
  return rules.safeguards.lockOrder ? sagas.sort((a, b) => (a.sagaId < b.sagaId ? -1 : 1)) : sagas
}
