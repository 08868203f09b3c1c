import { hash } from 'node:crypto'
import type { Pool } from 'pg'
import { StartError } from '../errors.ts'
import type { States } from '../states.ts'
import type { Column } from './recordset.ts'

/** What the database says of a state table: the engine builds its SQL from this. */
export interface StateTable {
  readonly name: string
  readonly table: string
  readonly key: string
  readonly keyColumn: string
  readonly keyType: string
  /** By camelCase field; names are quoted. */
  readonly columns: ReadonlyMap<string, Pick<Column, 'name' | 'type'>>
  /** Names of the unique constraints on the key column alone (rule 4). */
  readonly keyConstraints: ReadonlySet<string>
}

export const snakeCase = (field: string) => field.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
const camelCase = (column: string) => column.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

const names = new Map<string, string>()
/** A prepared statement's name must be its text's own, and at most 63 bytes long: names of tables may be longer. */
export function statementName(text: string): string {
  const name = names.get(text) ?? hash('sha1', text)
  names.set(text, name)
  return name
}

/** The columns of a row, as the fields that handlers see. */
export const fieldsOf = ({ columns }: StateTable) =>
  [...columns].map(([field, { name }]) => `${name} as "${field}"`).join(', ')

/** Rows are loaded into JavaScript and saved from it, and their images are JSON: these would come back as something else. */
const unfitTypes = /^(bytea|interval)(\[\])?$/
/** One text for each value, so that the key that a handler asks for is the key that was loaded. */
const keyTypes = /^(text|character varying|uuid|integer|bigint)$/

/** Reads the tables of a participant from the catalogue, in lock order. @throws StartError when one does not fit its declaration. */
export async function describeStates(pool: Pool, states: States): Promise<StateTable[]> {
  const tables: StateTable[] = []
  for (const [name, { table, key }] of Object.entries(states)) {
    const columns = await pool.query(
      `select a.attname as column, format_type(a.atttypid, -1) as type, t.typtype = 'c' as composite
       from pg_attribute a join pg_type t on t.oid = a.atttypid
       where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum`,
      [table],
    )
    if (columns.rows.length === 0)
      throw new StartError(
        'state-table-missing',
        `states.${name}: there is no table ${table}; add a migration that creates it`,
      )
    const keyColumn = snakeCase(key)
    const keyType = columns.rows.find(row => row.column === keyColumn)?.type
    const unique = await pool.query(
      `select c.relname as constraint from pg_index i join pg_class c on c.oid = i.indexrelid join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
       where i.indrelid = to_regclass($1) and i.indisunique and i.indnkeyatts = 1 and i.indpred is null and a.attname = $2`,
      [table, keyColumn],
    )
    if (!keyType || unique.rows.length === 0)
      throw new StartError(
        'state-key-not-unique',
        `states.${name}: ${table}.${keyColumn} must exist and be its primary key (or unique), since rows are locked and saved by it`,
      )
    const unfit = columns.rows.find(row => unfitTypes.test(row.type) || row.composite)
    if (unfit || !keyTypes.test(keyType))
      throw new StartError(
        'state-column-type',
        unfit
          ? `states.${name}: ${table}.${unfit.column} is ${unfit.type}, which does not come back unchanged from JavaScript or JSON; use text, or keep it in another table`
          : `states.${name}: the key ${table}.${keyColumn} is ${keyType}; keys are text, varchar, uuid, integer or bigint`,
      )
    tables.push({
      ...{ name, table, key, keyColumn, keyType },
      columns: new Map(columns.rows.map(row => [camelCase(row.column), { name: `"${row.column}"`, type: row.type }])),
      keyConstraints: new Set(unique.rows.map(row => row.constraint)),
    })
  }
  return tables
}
