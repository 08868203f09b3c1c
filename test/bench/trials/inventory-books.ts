import pg from 'pg'
import { until } from '../../e2e/until.ts'

/** What inventory's database says of the orders since an id. */
export interface Books {
  readonly reservations: number
  /** Pieces of all skus, whatever the order. */
  readonly reserved: number
  readonly succeeded: number
  readonly unfinished: number
  readonly unpublished: number
}

export interface BooksReader {
  read(): Promise<Books>
  /** As soon as everything is published. */
  readPublished(): Promise<Books>
  end(): Promise<void>
}

/** On a connection without the services' limits: it counts millions of rows. */
export async function readBooks(databaseUrl: string, since: string): Promise<BooksReader> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'bench' })
  await client.connect()
  const read = async (): Promise<Books> => {
    const { rows } = await client.query(
      `select (select count(*)::float8 from reservations where order_id >= $1 and status = 'reserved') as reservations,
         (select sum(reserved)::float8 from stock) as reserved,
         (select count(*)::float8 from saga.saga_log where saga_id >= $1 and step = 'reserve_stock' and status = 'succeeded') as succeeded,
         (select count(*)::float8 from saga.waiting) as unfinished, (select count(*)::float8 from saga.outbox) as unpublished`,
      [since],
    )
    return rows[0]
  }
  return {
    read,
    async readPublished() {
      const isPublished = async () => (await client.query('select from saga.outbox limit 1')).rowCount === 0
      await until('everything is published', isPublished, { limitMs: 60_000 })
      return read()
    },
    end: () => client.end(),
  }
}

/** Each of so many orders reserved one piece, once, and nothing is left to do. */
export function violationsOf(before: Books, after: Books, orders: number): string[] {
  const differs = (what: string, found: number, expected: number) =>
    found === expected ? [] : [`${what}: ${found}, not ${expected}`]
  return [
    ...differs('reservations', after.reservations, orders),
    ...differs('pieces reserved', after.reserved - before.reserved, orders),
    ...differs('steps that succeeded', after.succeeded, orders),
    ...differs('unfinished messages', after.unfinished, 0),
    ...differs('unpublished events', after.unpublished, 0),
  ]
}
