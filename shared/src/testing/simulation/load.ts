import type { Delivery } from '../../core/delivery.ts'
import { keysOf } from '../../core/grants.ts'
import { type Grant, type LoadedTable, loadedTable, type Row } from '../../core/views.ts'
import type { SimulatedDatabase } from './database.ts'
import type { Owner } from './locks.ts'
import type { Steps } from './steps.ts'

/**
 * Loads what the batch may touch, table by table in lock order, each table's rows locked in the order of their keys (rule 3).
 * A message whose key function throws is left out here; it throws again when it is decided.
 */
export function* loadStates(
  db: SimulatedDatabase,
  owner: Owner,
  deliveries: readonly Delivery[],
  lockOrder: boolean,
): Steps<Map<string, LoadedTable>> {
  const loaded = new Map<string, LoadedTable>()
  const grants = new Map<Delivery, Grant[]>(deliveries.map(delivery => [delivery, []]))
  for (const [name, { key: keyField, rows: stored }] of db.tables) {
    const locked = new Set<string>()
    const lookedUp = new Set<string>()
    const readers: [Grant[], Omit<Grant, 'table'>][] = []
    for (const [delivery, before] of grants) {
      const read = delivery.reaction.reads.find(({ state }) => state === name)
      if (!read) continue
      try {
        const keys = keysOf(read, delivery.message, before)
        for (const key of keys) (read.access === 'lock' ? locked : lookedUp).add(key)
        readers.push([before, { access: read.access, keys }])
      } catch {
        grants.delete(delivery)
      }
    }
    const unlocked = new Set([...lookedUp].filter(key => !locked.has(key)))
    const rows = new Map<string, Row | undefined>()
    for (const key of unlocked) rows.set(key, stored.get(key))
    // What the statement does not see when it begins it does not lock.
    const there = [...locked].filter(key => stored.has(key))
    for (const key of lockOrder ? there.sort() : there) yield* db.locks.take(owner, `${name}/${key}`)
    for (const key of locked) rows.set(key, there.includes(key) ? stored.get(key) : undefined)
    const table = loadedTable(name, keyField, rows, unlocked)
    loaded.set(name, table)
    for (const [before, grant] of readers) before.push({ ...grant, table })
  }
  return loaded
}
