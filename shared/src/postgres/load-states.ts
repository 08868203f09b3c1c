import type { ClientBase } from 'pg'
import type { Delivery } from '../core/delivery.ts'
import { keysOf } from '../core/grants.ts'
import type { Grant, LoadedTable, Row } from '../core/views.ts'
import { arrayOf } from './recordset.ts'
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
  const readers = deliveries.map((delivery): Reader => ({ delivery, grants: [] }))
  let asked: Promise<void>[] = []
  for (const table of tables) {
    const rows = new Map<string, Row | undefined>()
    const unlocked = new Set<string>()
    const view: Loading = { name: table.name, key: table.key, atLoad: rows, unlocked, current: notYet }
    let wanted = wantedOf(view, readers)
    if (wanted === 'later') {
      await Promise.all(asked)
      asked = []
      wanted = wantedOf(view, readers)
    }
    if (wanted === 'later') throw new Error(`unreachable: what ${table.name} was waiting for is loaded`)
    const { locked, lookedUp } = wanted
    for (const key of lookedUp) if (!locked.has(key)) unlocked.add(key)
    loaded.set(table.name, view)
    const order = lockOrder ? `order by "${table.keyColumn}" for update` : 'for update'
    const answers = Promise.all([
      select(tx, table, [...unlocked], rows, ''),
      select(tx, table, [...locked], rows, order),
    ])
    asked.push(
      answers.then(() => {
        // Not `new Map(rows)`, which makes an array of each row and its key.
        const current = new Map<string, Row | undefined>()
        rows.forEach((row, key) => void current.set(key, row))
        view.current = current
      }),
    )
  }
  await Promise.all(asked)
  return loaded
}

interface Reader {
  readonly delivery: Delivery
  /** On the tables so far; undefined once a key function has thrown. */
  grants: Grant[] | undefined
}

/** Grants the messages the keys of a table that they name. `later`: one of them reads rows that are on their way. */
function wantedOf(
  table: LoadedTable,
  readers: readonly Reader[],
): Record<'locked' | 'lookedUp', ReadonlySet<string>> | 'later' {
  const locked = new Set<string>()
  const lookedUp = new Set<string>()
  const granted: (() => void)[] = []
  for (const reader of readers) {
    const { delivery, grants } = reader
    const read = grants && delivery.reaction.reads.find(r => r.state === table.name)
    if (!read) continue
    try {
      const { access } = read
      const keys = keysOf(read, delivery.message, grants)
      for (const key of keys) (access === 'lock' ? locked : lookedUp).add(key)
      granted.push(() => grants.push({ table, access, keys }))
    } catch (error) {
      if (error instanceof NotYet) return 'later'
      reader.grants = undefined
    }
  }
  for (const grant of granted) grant()
  return { locked, lookedUp }
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
  const found = await tx.query({ name: statementName(text), text, values: [arrayOf(table.keyType, keys)] })
  for (const row of found.rows) into.set(String(row[table.key]), Object.freeze(row))
}
