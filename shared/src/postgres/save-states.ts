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
    for (const rows of sameColumns(updates)) saved.push(...update(table, rows))
    for (const rows of sameColumns(inserts)) saved.push(insert(table, rows, plainInsert))
  }
  return saved
}

/** A handler may leave out fields of a row that it puts: a statement for each set of them, of which there is mostly one. */
function sameColumns(rows: readonly Row[]): Row[][] {
  const sets: { readonly fields: readonly string[]; readonly rows: Row[] }[] = []
  for (const row of rows) {
    const known = sets.find(({ fields }) => hasFields(row, fields))
    if (known) known.rows.push(row)
    else sets.push({ fields: Object.keys(row), rows: [row] })
  }
  return sets.map(set => set.rows)
}

/** These and no others, in this order. */
function hasFields(row: Row, fields: readonly string[]): boolean {
  let n = 0
  for (const field in row) if (field !== fields[n++]) return false
  return n === fields.length
}

function columnsOf(table: StateTable, rows: readonly Row[]): Column<Row>[] {
  return Object.keys(rows[0]!).map(field => {
    const column = table.columns.get(field)
    if (!column)
      throw new Error(
        `${table.table} has no column for the field ${field} of a row that was put (${snakeCase(field)} is expected)`,
      )
    return { ...column, of: row => row[field] }
  })
}

function insert(table: StateTable, rows: readonly Row[], plainInsert: boolean): Statement {
  const columns = columnsOf(table, rows)
  const names = columns.map(({ name }) => name)
  const onConflict = plainInsert
    ? ''
    : `on conflict ("${table.keyColumn}") do update set ${names.map(name => `${name} = excluded.${name}`).join(', ')}`
  const { select, from, values } = recordset(columns)
  const text = `insert into ${table.table} (${names.join(', ')}) select ${select} from ${from} order by "${table.keyColumn}" ${onConflict}`
  return { name: statementName(text), text, values: values(rows) }
}

function update(table: StateTable, rows: readonly Row[]): Statement[] {
  const columns = columnsOf(table, rows)
  const { select, from, values } = recordset(columns)
  const changing = columns.map(({ name }) => name).filter(name => name !== `"${table.keyColumn}"`)
  if (changing.length === 0) return []
  const changes = changing.map(name => `${name} = r.${name}`).join(', ')
  const text = `update ${table.table} t set ${changes} from (select ${select} from ${from}) r where t."${table.keyColumn}" = r."${table.keyColumn}"`
  return [{ name: statementName(text), text, values: values(rows) }]
}
