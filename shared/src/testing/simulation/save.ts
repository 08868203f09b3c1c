import type { Decision } from '../../core/decision.ts'
import type { LogRow, Saga } from '../../core/saga.ts'
import type { LoadedTable, Row } from '../../core/views.ts'
import { placeText } from '../../postgres/acknowledged.ts'
import type { StoredRow } from '../../postgres/save-outbox.ts'
import { deepFreeze } from '../deep-freeze.ts'
import type { SagaRecord, SimulatedDatabase, StoredWaiting } from './database.ts'
import type { Locks, Owner } from './locks.ts'
import type { Steps } from './steps.ts'
import { Refused } from './trouble.ts'

const nothing: SagaRecord = { log: new Map(), waiting: new Map() }

/** Writes what the batch changed of a saga's fence and queue. @throws Refused when somebody began the step meanwhile */
export function savedSaga(db: SimulatedDatabase, saga: Saga): () => void {
  const { log, waiting, waitingDeleted } = saga.changes()
  const before = db.sagas.get(saga.id) ?? nothing
  const twice = log.find(row => !saga.hadBegun(row) && before.log.has(stepOf(row)))
  // Only without the saga's lock.
  if (twice) throw new Refused('23505', `the step ${stepOf(twice)} of saga ${saga.id} was begun meanwhile`)
  const ended = (row: LogRow): LogRow => ({ ...row, body: null })
  return () => {
    if (!saga.exists) return
    const now = db.sagas.get(saga.id) ?? nothing
    if (log.length + waiting.length + waitingDeleted.length === 0) {
      db.sagas.set(saga.id, now)
      return
    }
    const rows = new Map<string, StoredWaiting>(now.waiting)
    for (const id of waitingDeleted) rows.delete(id)
    for (const row of waiting) {
      const envelope = row.envelope ?? rows.get(row.id)?.envelope
      // A row that was there without its bytes, and is gone: an UPDATE that finds nothing.
      if (envelope) rows.set(row.id, { ...row, envelope })
    }
    db.sagas.set(saga.id, {
      log: new Map([...now.log, ...log.map(row => [stepOf(row), ended(row)] as const)]),
      waiting: rows,
    })
  }
}
const stepOf = ({ step, direction }: Pick<LogRow, 'step' | 'direction'>) => `${step}/${direction}`

/**
 * Writes what the batch put. A row that was absent at load is inserted and must not be there (rule 4); whoever inserts the
 * same waits for the first. @throws Refused
 */
export function* savedStates(
  db: SimulatedDatabase,
  loaded: ReadonlyMap<string, LoadedTable>,
  o: { readonly locks: Locks; readonly owner: Owner; readonly plainInsert: boolean },
): Steps<(() => void)[]> {
  const saved: (() => void)[] = []
  for (const [name, { key: field, atLoad, current }] of loaded) {
    const { rows } = db.tables.get(name)!
    for (const [key, row] of current) {
      const before = atLoad.get(key)
      if (row === before) continue
      if (row === undefined) {
        saved.push(() => rows.delete(key))
        continue
      }
      if (before === undefined) {
        yield* o.locks.take(o.owner, `${name}/${key}`)
        if (rows.has(key) && o.plainInsert)
          throw new Refused('23505', `${name} has a row with the ${field} ${key}`, true)
      }
      const violated = db.constraints[name]?.(row, () => othersThan(rows, key))
      if (violated) throw new Refused(violated.startsWith('unique') ? '23505' : '23514', `${violated}: ${key}`)
      const stored = deepFreeze(structuredClone(row))
      saved.push(() => rows.set(key, stored))
    }
  }
  return saved
}

function* othersThan(rows: ReadonlyMap<string, Row>, key: string): Iterable<Row> {
  for (const [other, row] of rows) if (other !== key) yield row
}

export function saveOutbox(db: SimulatedDatabase, rows: readonly StoredRow[], createdAtMs: number): void {
  for (const row of rows) db.outbox.set(placeText(row), { ...row, createdAtMs })
}

export function saveActs(db: SimulatedDatabase, { acted, unreadableClosed }: Decision): void {
  for (const { id, how } of unreadableClosed) {
    const letter = db.unreadable.get(id)
    if (how === 'forget') db.unreadable.delete(id)
    else if (letter) db.unreadable.set(id, { ...letter, stands: 'tombstone' })
  }
  db.acts.push(...acted.filter(({ result }) => result === 'done'))
}
