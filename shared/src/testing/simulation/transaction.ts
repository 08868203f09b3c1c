import { takeActs } from '../../core/act.ts'
import { decide } from '../../core/decide.ts'
import type { Decision } from '../../core/decision.ts'
import type { Delivery, Turns, Undeliverable } from '../../core/delivery.ts'
import { letter } from '../../core/letter.ts'
import type { OutboxRow } from '../../core/outbox-row.ts'
import type { Rules } from '../../core/rules.ts'
import type { Handled } from '../../core/run-handler.ts'
import type { Acknowledged } from '../../postgres/acknowledged.ts'
import { sagaIdOfLetter } from '../../postgres/bury-undeliverable.ts'
import type { Found, SagaToLock } from '../../postgres/lock-sagas.ts'
import { type StoredRow, stored } from '../../postgres/save-outbox.ts'
import { answersTo, type IdempotencyKey, keyText, onlyOurs, type Repeat } from '../../postgres/stored-answers.ts'
import { type Batch, type Committed, sagasOf } from '../../postgres/transaction.ts'
import type { SimulatedDatabase } from './database.ts'
import { loadStates } from './load.ts'
import { newOwner, type Owner } from './locks.ts'
import { saveActs, savedSaga, savedStates, saveOutbox } from './save.ts'
import type { Steps } from './steps.ts'
import { ConnectionLost } from './trouble.ts'

/** One process' access to its service's database: the counterpart of `Store` over PostgreSQL. */
export interface SimulatedStore {
  readonly database: SimulatedDatabase
  readonly rules: Rules
  /** Of this process: it ends with it. */
  readonly acknowledged: Acknowledged
  turns(): ReadonlyMap<string, Turns>
  /** The database's clock. */
  nowMs(): number
  random(): number
  /** It has committed, whether or not its process ever learns of it. */
  readonly saved?: (decision: Decision, outbox: readonly StoredRow[]) => void
  /** For what the database refuses without a reason that anybody here could know. @throws Refused */
  readonly refuses?: (decision: Decision) => void
}

/**
 * One transaction over everything in the batch, in the steps of `transact` over PostgreSQL: what it has not committed is
 * seen by nobody, and gone when it is ended by `return` or `throw`.
 */
export function* transact(store: SimulatedStore, batch: Batch): Steps<Committed> {
  const { database: db, rules } = store
  const owner = newOwner()
  try {
    const { work, save } = yield* inTransaction(store, owner, batch)
    const committingAtMs = store.nowMs()
    try {
      yield { at: 'committing' }
      save()
    } catch (error) {
      // Rule 8, switched off: whoever does not wait for the answer takes any end for a good one.
      if (!(error instanceof ConnectionLost) || rules.safeguards.commitAcknowledged) throw error
    }
    db.locks.release(owner)
    yield { at: 'committed' }
    return { ...work, committingAtMs }
  } finally {
    db.locks.release(owner)
  }
}

function* inTransaction(
  store: SimulatedStore,
  owner: Owner,
  batch: Batch,
): Steps<{ readonly work: Omit<Committed, 'committingAtMs'>; readonly save: () => void }> {
  const { database: db, rules } = store
  const { safeguards } = rules

  const keys = safeguards.idempotencyKeys ? batch.keys : new Map<Delivery, IdempotencyKey>()
  const repeats = repeatsOf(db, keys)
  const deliveries = batch.deliveries.filter(delivery => !repeats.has(delivery))
  const toLock = sagasOf(deliveries, batch.acts, rules)
  const found = safeguards.sagaLock ? yield* lockSagas(db, owner, toLock) : openUnlocked(toLock)
  yield { at: 'locked' }

  const toRun = deliveries.filter(delivery => !batch.failed.has(delivery))
  const now = new Date(store.nowMs())
  const seq = db.nextSeq()
  const sagas = new Map([...found].map(([id, is]) => [id, db.saga(id, is)]))
  const tables = yield* loadStates(db, owner, toRun, safeguards.lockOrder)
  const standing = (sagaIds: ReadonlySet<string>) => [...db.outbox.values()].filter(row => sagaIds.has(row.sagaId))
  const behind = store.acknowledged.unacknowledged(standing(sagasWithOutbox(found, batch)))

  const loaded = { now, seq, sagas, tables, turns: store.turns(), random: () => store.random() }
  const ended = new Map<Delivery, Handled>([...batch.failed].map(([d, error]) => [d, { end: 'thrown', error }]))
  const decision = decide(rules, loaded, deliveries, ended)
  takeActs(decision, batch.acts, unreadableOf(db, batch))
  const buried = bury(db, rules, batch.undeliverables, now)
  yield { at: 'decided' }

  const standsStill = store.acknowledged.unacknowledged([
    ...behind,
    ...standing(new Set(buried.letters.map(row => row.sagaId))),
  ])
  const waits = new Set(safeguards.deferral ? standsStill.map(row => row.sagaId) : [])
  const outbox = stored([...decision.outbox, ...buried.letters], seq, waits)
  const keeps = (row: StoredRow) => safeguards.letterInTransaction || row.topic !== rules.letterTopic
  const saves = [...sagas.values()].map(saga => savedSaga(db, saga))
  saves.push(...(yield* savedStates(db, tables, { locks: db.locks, owner, plainInsert: safeguards.plainInsert })))
  store.refuses?.(decision)
  const unanswered = new Map([...keys].filter(([delivery]) => !repeats.has(delivery)))
  const answers = answersTo(unanswered, decision)
  yield* claimAnswers(db, owner, answers)
  // What failed may have failed because it was done before.
  onlyOurs(repeatsOf(db, unanswered).size === 0)
  const save = () => {
    for (const each of saves) each()
    saveOutbox(db, outbox.filter(keeps), now.getTime())
    buried.save()
    saveActs(db, decision)
    for (const { status, answer, bodyHash, ...key } of answers)
      db.keys.set(keyText(key), { bodyHash, answer: { status, answer } })
    store.saved?.(decision, outbox.filter(keeps))
  }
  return { work: { decision, outbox, repeats }, save }
}

/** Those of the requests that were answered before. */
function repeatsOf(db: SimulatedDatabase, keys: ReadonlyMap<Delivery, IdempotencyKey>): Map<Delivery, Repeat> {
  const repeats = new Map<Delivery, Repeat>()
  for (const [delivery, key] of keys) {
    const stored = db.keys.get(keyText(key))
    if (stored) repeats.set(delivery, stored.bodyHash.equals(key.bodyHash) ? stored.answer : 'other-body')
  }
  return repeats
}

/** Rule 32: whoever answers the same request second waits for the first, and runs again. */
function* claimAnswers(db: SimulatedDatabase, owner: Owner, answers: readonly IdempotencyKey[]): Steps<void> {
  for (const key of answers.map(keyText).sort()) {
    yield* db.locks.take(owner, `key ${key}`)
    onlyOurs(!db.keys.has(key))
  }
}

/** Rule 1. Whoever begins the same saga waits for the first, and then finds it begun. */
function* lockSagas(db: SimulatedDatabase, owner: Owner, sagas: readonly SagaToLock[]): Steps<Map<string, Found>> {
  const found = new Map<string, Found>(sagas.map(({ sagaId }) => [sagaId, 'none']))
  for (const { sagaId, opens } of sagas) {
    if (!db.sagas.has(sagaId) && !opens) continue
    yield* db.locks.take(owner, `saga ${sagaId}`)
    found.set(sagaId, db.sagas.has(sagaId) ? 'known' : 'new')
  }
  return found
}

const openUnlocked = (sagas: readonly SagaToLock[]) =>
  new Map<string, Found>(sagas.map(({ sagaId }) => [sagaId, 'known']))

function sagasWithOutbox(found: ReadonlyMap<string, Found>, { acts }: Batch): Set<string> {
  const known = [...found].flatMap(([sagaId, is]) => (is === 'known' ? [sagaId] : []))
  return new Set([
    ...known,
    ...acts.flatMap(({ letter: { id, sagaId } }) => (sagaId === null ? [sagaIdOfLetter(id)] : [])),
  ])
}

function unreadableOf(db: SimulatedDatabase, { acts }: Batch) {
  const ids = acts.flatMap(({ letter: { id, sagaId } }) => (sagaId === null ? [id] : []))
  return new Map(
    ids.map(id => {
      const { stands, deaths = 0, errorCode = null } = db.unreadable.get(id) ?? {}
      return [id, { stands, deaths, errorCode, outboxSagaId: sagaIdOfLetter(id) }]
    }),
  )
}

/** Rule 21: one letter of each record that nobody can read, however often it is delivered. */
function bury(
  db: SimulatedDatabase,
  { service, letterTopic, partitionOf }: Rules,
  delivered: readonly Undeliverable[],
  now: Date,
): { readonly letters: OutboxRow[]; readonly save: () => void } {
  const records = [...new Map(delivered.map(record => [record.id, record])).values()]
  const first = records.filter(({ id }) => !db.unreadable.has(id))
  const letters = first.map(({ id, envelope, code, problem }) => ({
    ...letter(envelope, {
      ...{ letterId: id, deaths: 1, service, step: '', direction: '', errorCode: code, errorMessage: problem },
      ...{ attempts: 1, firstFailedAt: now.toISOString(), diedAt: now.toISOString() },
    }),
    ...{ sagaId: sagaIdOfLetter(id), topic: letterTopic, partition: partitionOf(id) },
  }))
  return {
    letters,
    save() {
      for (const { id, code } of first) db.unreadable.set(id, { stands: 'dead', deaths: 1, errorCode: code })
    },
  }
}
