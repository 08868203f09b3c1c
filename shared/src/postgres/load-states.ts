import type { ClientBase } from 'pg'
import type { Delivery } from '../core/delivery.ts'
import { keysOf } from '../core/grants.ts'
import type { Grant, LoadedTable, Row } from '../core/views.ts'
import { fieldsOf, type StateTable, statementName } from './state-tables.ts'

type Loading = { -readonly [K in keyof LoadedTable]: LoadedTable[K] }

/**
 * Loads what the batch may touch, table by table in lock order, each table's rows locked in the order of their keys
 * (rule 3). A table is asked for before the answer of the one before it has come, unless a key function reads that one's
 * rows. A message whose key function throws is left out here; it throws again when it is decided.
 */
export async function loadStates(
  tx: ClientBase,
  tables: readonly StateTable[],
  deliveries: readonly Delivery[],
  lockOrder: boolean,
): Promise<Map<string, LoadedTable>> {
  const loaded = new Map<string, LoadedTable>()
  const grants = new Map<Delivery, Grant[]>(deliveries.map(delivery => [delivery, []]))
  let asked: Promise<void>[] = []
  for (const table of tables) {
    let wanted = wantedOf(table, grants)
    if (wanted === 'later') {
      await Promise.all(asked)
      asked = []
      wanted = wantedOf(table, grants)
    }
    if (wanted === 'later') throw new Error(`unreachable: what ${table.name} was waiting for is loaded`)
    const { readers, locked, unlocked } = wanted
    const rows = new Map<string, Row | undefined>()
    const view: Loading = { name: table.name, key: table.key, atLoad: rows, unlocked, current: notYet }
    loaded.set(table.name, view)
    for (const [before, grant] of readers) before.push({ ...grant, table: view })
    const order = lockOrder ? `order by "${table.keyColumn}" for update` : 'for update'
    const answers = Promise.all([
      select(tx, table, [...unlocked], rows, ''),
      select(tx, table, [...locked], rows, order),
    ])
    asked.push(
      answers.then(() => {
        view.current = new Map(rows)
      }),
    )
  }
  await Promise.all(asked)
  return loaded
}

interface Wanted {
  readonly readers: readonly (readonly [Grant[], Omit<Grant, 'table'>])[]
  readonly locked: ReadonlySet<string>
  /** Looked up by some, and locked by none. */
  readonly unlocked: ReadonlySet<string>
}

/** The keys of a table that the messages name. `later`: one of them reads rows that are on their way. */
function wantedOf(table: StateTable, grants: Map<Delivery, Grant[]>): Wanted | 'later' {
  const locked = new Set<string>()
  const lookedUp = new Set<string>()
  const readers: [Grant[], Omit<Grant, 'table'>][] = []
  for (const [delivery, before] of grants) {
    const { reaction, message } = delivery
    const read = reaction.reads.find(r => r.state === table.name)
    if (!read) continue
    try {
      const keys = keysOf(read, message, before)
      for (const key of keys) (read.access === 'lock' ? locked : lookedUp).add(key)
      readers.push([before, { access: read.access, keys }])
    } catch (error) {
      if (error instanceof NotYet) return 'later'
      grants.delete(delivery)
    }
  }
  return { readers, locked, unlocked: new Set([...lookedUp].filter(key => !locked.has(key))) }
}

class NotYet extends Error {}
/** The rows of a table that was asked for. A key function that hides this names other keys later, which rule 5 sees. */
const notYet = {
  get() {
    throw new NotYet()
  },
} as unknown as Map<string, Row | undefined>

async function select(
  tx: ClientBase,
  table: StateTable,
  keys: readonly string[],
  into: Map<string, Row | undefined>,
  suffix: string,
): Promise<void> {
  if (keys.length === 0) return
  for (const key of keys) into.set(key, undefined)
  const text = `select ${fieldsOf(table)} from ${table.table} where "${table.keyColumn}" = any($1::${table.keyType}[]) ${suffix}`
  const found = await tx.query({ name: statementName(text), text, values: [keys] })
  for (const row of found.rows) into.set(String(row[table.key]), Object.freeze(row))
}
