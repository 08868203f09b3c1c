import type { LoadedTable, Row } from '../core/views.ts'
import { arrayOf, type Column, recordset } from './recordset.ts'
import { type StateTable, snakeCase, statementName } from './state-tables.ts'
import type { Statement } from './statement.ts'

/**
 * Saves what the batch put. A row that was absent at load is INSERTed and must not be there: if it is, another
 * transaction made it meanwhile, and this batch decided on a state that was not so (rule 4).
 */
export function saveStates(
  tables: readonly StateTable[],
  loaded: ReadonlyMap<string, LoadedTable>,
  plainInsert: boolean,
): Statement[] {
  const saved: Statement[] = []
  for (const table of tables) {
    const view = loaded.get(table.name)
    if (!view) continue
    const inserts: Row[] = []
    const updates: Row[] = []
    const deletes: string[] = []
    view.current.forEach((row, key) => {
      const before = view.atLoad.get(key)
      if (row === before) return
      if (row && before) updates.push(row)
      else if (row) inserts.push(row)
      else deletes.push(key)
    })
    if (deletes.length > 0)
      saved.push({
        text: `delete from ${table.table} where "${table.keyColumn}" = any($1::${table.keyType}[])`,
        values: [arrayOf(table.keyType, deletes)],
      })
    for (const [{ update, values }, rows] of bySaving(table, updates))
      if (update) saved.push({ ...update, values: values(rows) })
    for (const [{ insert, upsert, values }, rows] of bySaving(table, inserts))
      saved.push({ ...(plainInsert ? insert : upsert), values: values(rows) })
  }
  return saved
}

/** How rows are saved that have the same fields. */
interface Saving {
  readonly fields: readonly string[]
  readonly insert: Prepared
  readonly upsert: Prepared
  /** None of rows that are nothing but their key. */
  readonly update: Prepared | undefined
  values(rows: readonly Row[]): unknown[]
}
type Prepared = Required<Omit<Statement, 'values'>>

/** A handler may leave out fields of a row that it puts: a statement for each set of them, of which there is mostly one. */
function bySaving(table: StateTable, rows: readonly Row[]): Map<Saving, Row[]> {
  const sets = new Map<Saving, Row[]>()
  for (const row of rows) {
    const saving = savingOf(table, row)
    const set = sets.get(saving)
    if (set) set.push(row)
    else sets.set(saving, [row])
  }
  return sets
}

/** Kept, since their texts are long and the same for each batch. */
const savings = new WeakMap<StateTable, Saving[]>()

function savingOf(table: StateTable, row: Row): Saving {
  const all = savings.get(table) ?? []
  const known = all.find(({ fields }) => hasFields(row, fields))
  if (known) return known
  const saving = newSaving(table, Object.keys(row))
  savings.set(table, [...all, saving])
  return saving
}

/** These and no others, in this order. */
function hasFields(row: Row, fields: readonly string[]): boolean {
  let n = 0
  for (const field in row) if (field !== fields[n++]) return false
  return n === fields.length
}

function newSaving(table: StateTable, fields: readonly string[]): Saving {
  const columns = fields.map((field): Column<Row> => {
    const column = table.columns.get(field)
    if (!column)
      throw new Error(
        `${table.table} has no column for the field ${field} of a row that was put (${snakeCase(field)} is expected)`,
      )
    return { ...column, of: row => row[field] }
  })
  const names = columns.map(({ name }) => name)
  const key = `"${table.keyColumn}"`
  const setting = (from: string, some: readonly string[]) => some.map(name => `${name} = ${from}.${name}`).join(', ')
  const { select, from, values } = recordset(columns)
  const insert = `insert into ${table.table} (${names.join(', ')}) select ${select} from ${from} order by ${key}`
  const changing = names.filter(name => name !== key)
  return {
    ...{ fields, values },
    insert: prepared(insert),
    upsert: prepared(`${insert} on conflict (${key}) do update set ${setting('excluded', names)}`),
    update:
      changing.length === 0
        ? undefined
        : prepared(
            `update ${table.table} t set ${setting('r', changing)} from (select ${select} from ${from}) r where t.${key} = r.${key}`,
          ),
  }
}

const prepared = (text: string): Prepared => ({ name: statementName(text), text })
