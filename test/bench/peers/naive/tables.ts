import pg from 'pg'

/** What a service of the naive choreography needs besides its business tables. */
export async function createDatabaseTables(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`create table inbox (id uuid primary key);
      create table outbox (id bigint generated always as identity primary key, key text not null, value text not null)`)
  } finally {
    await client.end()
  }
}
