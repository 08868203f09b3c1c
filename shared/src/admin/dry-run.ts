import type { ClientBase, Pool } from 'pg'
import type { LetterRef } from '../core/act.ts'
import type { Decision } from '../core/decision.ts'
import { isSagaId } from '../core/ids.ts'
import { PermanentError } from '../errors.ts'
import { problem } from '../http/problems.ts'
import type { Codec } from '../kafka/codec.ts'
import type { Participant } from '../participant.ts'
import { type DueRow, findDueOf } from '../postgres/find-due.ts'
import { listWaitingOf, type StoredMessage } from '../postgres/list-waiting.ts'
import { RunAgain } from '../postgres/run-again.ts'
import { type Batch, inTransaction, type Store } from '../postgres/transaction.ts'
import { dueDelivery } from '../runtime/read-message.ts'
import { troubleOf } from '../runtime/trouble.ts'
import type { DryRun } from './contract.ts'
import { DryRunReport } from './dry-run-report.ts'

export interface DryRunOptions {
  readonly participant: Participant
  readonly store: Store
  /** Connections that do not hold up what takes messages. */
  readonly reads: Pool
  readonly codec: Codec
}

const mostMessages = 50
const mostTries = 3
/** Below PostgreSQL's deadlock_timeout of 1 s: the dry run locks in rounds (rule 5), and must be the one that gives way. */
const lockTimeoutMs = 500
/**
 * What comes later waits for what the dry run has locked, accounts that everybody uses among it. After so long it begins no
 * further message; and in less than the lock_timeout of those who wait (rule 28) the database ends it.
 */
const longestMs = 2_000
const transactionTimeoutMs = 4_000

/**
 * What a replay would do: the real act and the real handlers in a transaction that is rolled back, up to the first failure.
 * Calls are not made, nothing is published, nothing is counted. It locks what the replay would lock, for some seconds at most.
 * @throws Problem 404 `not-found`, 409 `letter-changed`, 409 `letter-unreadable`, 503 `database-unavailable`; RegistryUnavailable
 */
export async function dryRun(o: DryRunOptions, letter: LetterRef): Promise<DryRun> {
  const { sagaId } = letter
  if (sagaId === null)
    throw problem('letter-unreadable', 'no handler can run on what nobody can read; a replay tries to read it again')
  if (!isSagaId(sagaId)) throw problem('not-found', `${sagaId} is no saga id`)
  for (let tries = 1; ; tries++) {
    // With nothing locked: the registry may take its time.
    const bodies = await o.reads.query('select body from saga.waiting where saga_id = $1::uuid', [sagaId])
    await o.codec.prepare(bodies.rows.map(row => row.body))
    const tx = await o.reads.connect()
    let broken: Error | undefined
    try {
      await tx.query('begin isolation level read committed')
      await tx.query(
        `set local lock_timeout = ${lockTimeoutMs}; set local transaction_timeout = ${transactionTimeoutMs}`,
      )
      return await rehearse(tx, o, { ...letter, sagaId })
    } catch (error) {
      const { code } = error as { code?: unknown }
      if (code === '25P04') throw tookTooLong()
      const gaveWay = troubleOf(error).kind === 'again' || code === '55P03'
      if (!gaveWay || tries === mostTries) throw error
    } finally {
      await tx.query('rollback').catch(error => {
        broken = error
      })
      tx.release(broken)
    }
  }
}

const tookTooLong = () =>
  problem(
    'database-unavailable',
    `the dry run was ended after ${transactionTimeoutMs} ms, since others wait for what it locks: the database is slow, or a handler`,
    { retryAfterSeconds: 1 },
  )

async function rehearse(tx: ClientBase, o: DryRunOptions, letter: LetterRef & { sagaId: string }): Promise<DryRun> {
  const report = new DryRunReport(o.store)
  const store = { ...o.store, rules: report.rules, turns: () => new Map() }
  const armed = (waiting: readonly StoredMessage[]) => waiting.filter(({ kind }) => kind === 'timer')
  const before = armed(await listWaitingOf(tx, letter.sagaId))
  const untilMs = performance.now() + longestMs
  await replay(tx, store, letter)
  for (let taken = 0; taken < mostMessages; taken++) {
    const row = await findDueOf(tx, letter.sagaId)
    const delivery = row && deliveryOf(o, row)
    if (!delivery) break
    report.add(await take(tx, store, delivery))
    if (report.hasFailed || performance.now() > untilMs) break
  }
  const after = await listWaitingOf(tx, letter.sagaId)
  const isNew = (timer: StoredMessage) =>
    !before.some(({ id, dueAt }) => id === timer.id && dueAt?.getTime() === timer.dueAt?.getTime())
  return {
    ...report.summary(),
    timers: armed(after)
      .filter(isNew)
      .map(({ messageType, dueAt }) => ({ type: messageType!, dueAt: dueAt?.toISOString() ?? null })),
    stillBehind: after.filter(({ id, kind }) => kind !== 'timer' && !report.took(id)).length,
  }
}

const noBatch: Batch = { deliveries: [], undeliverables: [], acts: [], keys: new Map(), failed: new Map() }

async function replay(tx: ClientBase, store: Store, letter: LetterRef): Promise<void> {
  const act = { act: 'replay', letter, operator: 'dry run', plan: null } as const
  const { decision } = await inTransaction(tx, store, { ...noBatch, acts: [act] })
  const { result, detail } = decision.acted[0]!
  if (result === 'unknown') throw problem('not-found', `${letter.id} does not stand dead here`)
  if (result === 'unreadable') throw problem('letter-unreadable', detail!)
  if (result !== 'done') throw problem('letter-changed', detail ?? 'look at the letter again')
}

type Read = Pick<Batch, 'deliveries' | 'failed'>

function deliveryOf({ participant, codec }: DryRunOptions, row: DueRow): Read | undefined {
  const reaction = participant.reactions.find(({ trigger }) => trigger.type === row.messageType)
  if (!reaction) return undefined
  const { delivery, unreadable } = dueDelivery(codec, reaction, row)
  // It came since the look at the bodies, and its schema is not asked for under locks.
  if (unreadable && !(unreadable instanceof PermanentError))
    throw new RunAgain(`${row.id} cannot be read yet`, { cause: unreadable })
  return { deliveries: [delivery], failed: new Map(unreadable ? [[delivery, unreadable]] : []) }
}

/** One message as the engine would take it: what the database refuses twice is the message's failure (rule 29). */
async function take(tx: ClientBase, store: Store, read: Read): Promise<Decision> {
  const [delivery] = read.deliveries
  const run = async (failed: Batch['failed']): Promise<Decision> => {
    const batch = { ...noBatch, deliveries: read.deliveries, failed }
    for (let round = 1; ; round++) {
      const { decision } = await inTransaction(tx, store, batch)
      if (decision.nextRound.length === 0) return decision
      if (round === mostTries) throw new PermanentError('keys-not-stable', 'its `reads` name other keys at each look')
    }
  }
  const ownSql = delivery!.reaction.handler.form === 'sql'
  let refusal: unknown
  await tx.query('savepoint message')
  for (let tries = 0; tries < 2; tries++)
    try {
      return await run(read.failed)
    } catch (error) {
      const { kind } = troubleOf(error, ownSql)
      if (kind !== 'refused' && kind !== 'timeout') throw error
      refusal = error
      await tx.query('rollback to savepoint message')
    }
  return run(new Map([[delivery!, refusal]]))
}
