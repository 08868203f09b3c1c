import type { ClientBase } from 'pg'

/** Sagas whose rows are copied. */
export interface Examples {
  readonly ids: readonly string[]
}

interface Column {
  readonly name: string
  readonly type: string
}

/**
 * Copies every row that names an example, in whatever table and column, under the ids of the copies. These are UUIDv7 spread
 * evenly over a time, derived, so that each database of the shop comes to the same ones. Gives the tables.
 *
 * A table is emptied and filled in one transaction, which `wal_level = minimal` need not log, without its indexes, and vacuumed
 * before they are made, while its pages are still in memory.
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
  // In the order of their ids, which a join with a few rows that are hashed leaves as it is.
  await client.query(
    `create temp table copy as
     select e.place, n, i.id, make_interval(secs => extract(epoch from uuid_extract_timestamp(i.id) - uuid_extract_timestamp(e.id))) as later
     from generate_series(0, $1::bigint * $2 - 1) at join example e on e.place = at % $2,
       lateral (select at / $2 + 1 as n) c, lateral (select pg_temp.copy_id(e.id, n, $3::float8 + $4::float8 * at / ($1 * $2)) as id offset 0) i`,
    [o.copies, o.ids.length, o.beganMs, o.spreadMs],
  )
  const found = await tablesWith(client, o.ids[0]!)
  for (const { table, columns, names } of found) {
    const naming = names.map(({ name }) => name)
    const keyed = await keyOf(client, table)
    // A key that names no saga, like a client's, gets the number of the copy.
    const numbered = keyed.some(name => naming.includes(name)) ? undefined : keyed.at(-1)
    const copied = columns.map(column => copyOf(column, naming, numbered))
    const all = columns.map(({ name }) => `"${name}"`).join(', ')
    const indexes = await indexesOf(client, table)

    await client.query('begin')
    await client.query(`create temp table kept on commit drop as select * from ${table}`)
    const shown = columns.map(column =>
      isText(column, naming) ? `${textOf(column)} as "${column.name}"` : `t."${column.name}"`,
    )
    await client.query(
      `create temp table rows_of on commit drop as
       with told as materialized (select t.*, concat_ws(' ', ${names.map(textOf).join(', ')}) as told from ${table} t)
       select e.place, e.id::text as example_id, ${shown.join(', ')} from told t join example e on strpos(t.told, e.id::text) > 0`,
    )
    for (const { drop } of indexes) await client.query(drop)
    await client.query(`truncate ${table}`)
    await client.query(`insert into ${table} (${all}) select ${all} from kept`)
    await client.query(
      `insert into ${table} (${all}) select ${copied.join(', ')} from copy c join rows_of r on r.place = c.place`,
    )
    await client.query('commit')
    await client.query(`vacuum (freeze) ${table}`)
    for (const { create } of indexes) await client.query(create)
  }
  return found.map(({ table }) => table)
}

/** A UUIDv7 of a millisecond, the rest of which is drawn from the example and the number of the copy. */
const copyId = `
  create function pg_temp.copy_id(example uuid, n bigint, at_ms float8) returns uuid language sql immutable as $$
    select overlay(overlay(lpad(to_hex(at_ms::bigint), 12, '0') || substr(md5(example::text || ' ' || n::text), 1, 20) placing '7' from 13 for 1)
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

/** How to take away the indexes of a table, those of its constraints too, and to make the same again. */
async function indexesOf(client: ClientBase, table: string): Promise<{ drop: string; create: string }[]> {
  const { rows } = await client.query<{ drop: string; create: string }>(
    `select case when c.oid is null then 'drop index ' || i.indexrelid::regclass
              else format('alter table %s drop constraint %I', i.indrelid::regclass, c.conname) end as drop,
            case when c.oid is null then pg_get_indexdef(i.indexrelid)
              else format('alter table %s add constraint %I %s', i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) end as create
     from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x')
     where i.indrelid = $1::regclass order by i.indexrelid`,
    [table],
  )
  return rows
}

/** Whether the saga's id is replaced within it. */
const isText = ({ name, type }: Column, naming: readonly string[]) => naming.includes(name) && type !== 'uuid'

function copyOf(column: Column, naming: readonly string[], numbered: string | undefined): string {
  const { name, type } = column
  if (isText(column, naming)) return `replace(r."${name}", r.example_id, c.id::text)::${type}`
  if (naming.includes(name)) return 'c.id'
  if (name === numbered) return `r."${name}" || '-' || c.n`
  if (type === 'timestamp with time zone') return `r."${name}" + c.later`
  return `r."${name}"`
}
