import type { ClientBase } from 'pg'

/** Sagas whose rows are copied. */
export interface Examples {
  readonly ids: readonly string[]
}

interface Column {
  readonly name: string
  readonly type: string
}

/** So many rows a statement: a transaction of millions would keep all that it has written from being cleaned. */
const rowsAtOnce = 200_000

/**
 * Copies every row that names an example, in whatever table and column, under the ids of the copies. These are UUIDv7 spread
 * evenly over a time, derived, so that each database of the shop comes to the same ones. Gives the tables.
 */
export async function copyRows(
  client: ClientBase,
  o: Examples & { readonly copies: number; readonly beganMs: number; readonly spreadMs: number },
): Promise<string[]> {
  await client.query('create temp table example (place int primary key, id uuid not null)')
  await client.query(
    'insert into example select place - 1, id from unnest($1::uuid[]) with ordinality as e (id, place)',
    [o.ids],
  )
  await client.query(copyId)
  const found = await tablesWith(client, o.ids[0]!)
  for (const { table, columns, names } of found) {
    const naming = names.map(({ name }) => name)
    const keyed = await keyOf(client, table)
    // A key that names no saga, like a client's, gets the number of the copy.
    const numbered = keyed.some(name => naming.includes(name)) ? undefined : keyed.at(-1)
    const copied = columns.map(column => copyOf(column, naming, numbered))
    const from = `${table} t join example e on ${names.map(column => `${textOf(column)} like '%' || e.id || '%'`).join(' or ')}`
    await client.query(`create temp table rows_of as select e.place, e.id as example_id, t.* from ${from}`)
    const { rows } = await client.query<{ count: number }>('select count(*)::int as count from rows_of')
    const copiesAtOnce = Math.max(1, Math.floor(rowsAtOnce / rows[0]!.count))
    for (let first = 1; first <= o.copies; first += copiesAtOnce)
      await client.query(
        `insert into ${table} (${columns.map(({ name }) => `"${name}"`).join(', ')})
         select ${copied.join(', ')} from generate_series($1::int, $2::int) n cross join rows_of r,
           lateral (select pg_temp.copy_id(r.example_id, n, $3::float8 + $4::float8 * ((n - 1) * $5::float8 + r.place) / ($5::float8 * $6::float8)) as id) c
         order by n, r.place`,
        [first, Math.min(o.copies, first + copiesAtOnce - 1), o.beganMs, o.spreadMs, o.ids.length, o.copies],
      )
    await client.query('drop table rows_of')
  }
  return found.map(({ table }) => table)
}

/** A UUIDv7 of a millisecond, the rest of which is drawn from the example and the number of the copy. */
const copyId = `
  create function pg_temp.copy_id(example uuid, copy int, at_ms float8) returns uuid language sql immutable as $$
    select overlay(overlay(lpad(to_hex(at_ms::bigint), 12, '0') || substr(md5(example || ' ' || copy), 1, 20) placing '7' from 13 for 1)
      placing 'a' from 17 for 1)::uuid
  $$`

const textOf = ({ name }: Column) => `t."${name}"::text`
const textTypes = ['text', 'jsonb', 'json', 'text[]', 'uuid']

/** Tables of the service and of the kit in which a row names the saga, and the columns that do. */
async function tablesWith(
  client: ClientBase,
  sagaId: string,
): Promise<{ table: string; columns: Column[]; names: Column[] }[]> {
  const { rows } = await client.query<{ table: string; name: string; type: string }>(
    `select a.attrelid::regclass::text as table, a.attname as name, format_type(a.atttypid, null) as type
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname in ('public', 'saga') and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     order by 1, a.attnum`,
  )
  const found = []
  for (const [table, columns] of Map.groupBy(rows, row => row.table)) {
    const names: Column[] = []
    for (const column of columns.filter(({ type }) => textTypes.includes(type))) {
      const naming = await client.query(`select from ${table} t where ${textOf(column)} like $1 limit 1`, [
        `%${sagaId}%`,
      ])
      if (naming.rowCount) names.push(column)
    }
    if (names.length > 0) found.push({ table, columns, names })
  }
  return found
}

async function keyOf(client: ClientBase, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select a.attname as name from pg_index i, unnest(i.indkey) with ordinality as k (number, place)
     join pg_attribute a on a.attnum = k.number where i.indrelid = $1::regclass and i.indisprimary and a.attrelid = i.indrelid order by k.place`,
    [table],
  )
  return rows.map(({ name }) => name)
}

function copyOf({ name, type }: Column, naming: readonly string[], numbered: string | undefined): string {
  const column = `r."${name}"`
  if (naming.includes(name))
    return type === 'uuid' ? 'c.id' : `replace(${column}::text, r.example_id::text, c.id::text)::${type}`
  if (name === numbered) return `${column} || '-' || n`
  if (type === 'timestamp with time zone')
    return `${column} + (uuid_extract_timestamp(c.id) - uuid_extract_timestamp(r.example_id))`
  return column
}
