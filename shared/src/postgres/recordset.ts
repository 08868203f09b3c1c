import { binaryArray } from './binary-array.ts'
import { bytea, storableJson, storableText } from './storable-json.ts'

export interface Column<Row = NamedValues> {
  /** As it stands in SQL. */
  readonly name: string
  /** As format_type gives it, without a length: `text`, `jsonb`, `text[]`. */
  readonly type: string
  /** Its value in a row. */
  readonly of: (row: Row) => unknown
}
type NamedValues = Readonly<Record<string, unknown>>

/** `name type, ...` as in `create table`; of a row of named values. */
export const columnsOf = (text: string): Column[] =>
  text.split(',').map(column => {
    const [name = '', ...type] = column.trim().split(' ')
    return { name, type: type.join(' '), of: row => row[name] }
  })

/** The same, with each column's value in a row. */
export const columnsBy = <Row>(of: Readonly<Record<string, (row: Row) => unknown>>): Column<Row>[] =>
  Object.entries(of).map(([column, value]) => ({ ...columnsOf(column)[0]!, of: value }))

/** Rows as the parameters of a statement, an array for each column: the database reads them faster than JSON objects. */
export interface Recordset<Row> {
  /** For `from`, under the name `r`. */
  readonly from: string
  /** For `select`: the columns, with their types. */
  readonly select: string
  values(rows: readonly Row[]): unknown[]
}

/**
 * @param o.firstParameter its number; one a column follows.
 * @param o.storable replaces what PostgreSQL cannot store (NUL), for copies that are kept for people. Without it the
 * database refuses the row.
 */
export function recordset<Row>(
  columns: readonly Column<Row>[],
  o: { readonly firstParameter?: number; readonly storable?: boolean } = {},
): Recordset<Row> {
  const { firstParameter = 1, storable = false } = o
  // unnest would take an array of arrays apart to its elements, so that these come as text.
  const sent = columns.map(column => ({
    type: isArray(column.type) ? 'text' : column.type,
    value: parameterOf(column, storable),
  }))
  const arrays = sent.map(({ type }, i) => `$${firstParameter + i}::${type}[]`)
  return {
    from: `unnest(${arrays.join(', ')}) as r (${columns.map(({ name }) => name).join(', ')})`,
    select: columns.map(({ name, type }) => (isArray(type) ? `r.${name}::${type}` : `r.${name}`)).join(', '),
    values: rows => sent.map(({ type, value }) => arrayOf(type, rows, value)),
  }
}

/** For a parameter of the type `<type>[]`. */
export const arrayOf = <T>(type: string, items: readonly T[], of: (item: T) => unknown = itself): Buffer | unknown[] =>
  binaryArray(type, items, of) ?? items.map(item => asText(of(item)))

const itself = (value: unknown) => value
const isArray = (type: string) => type.endsWith('[]')

/** The column's value in a row, as `binaryArray` takes it. */
function parameterOf<Row>({ type, of }: Column<Row>, storable: boolean): (row: Row) => unknown {
  const text = storable ? storableText : wellFormed
  const json = type === 'jsonb' || type === 'json' ? (storable ? storableJson : JSON.stringify) : undefined
  const isList = isArray(type)
  return row => {
    const value = of(row)
    if (value === null || value === undefined) return null
    if (json) return json(value)
    if (typeof value === 'string') return text(value)
    return isList ? wellFormed(arrayText(value as readonly unknown[])) : value
  }
}

/** A value as the text that the database reads for its type. */
function asText(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  return value instanceof Uint8Array ? bytea(value) : value
}

/** The driver would put another character for half a surrogate pair, where the database refuses everything else that it cannot store. */
function wellFormed(text: string): string {
  if (text.isWellFormed()) return text
  throw new Error(`half a surrogate pair cannot be stored: ${JSON.stringify(text.slice(0, 100))}`)
}

/** https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function arrayText(values: readonly unknown[]): string {
  return `{${values.map(elementText).join(',')}}`
}

function elementText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (Array.isArray(value)) return arrayText(value)
  return `"${plainText(value).replaceAll(/["\\]/g, '\\$&')}"`
}

function plainText(value: NonNullable<unknown>): string {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean | bigint)
}
