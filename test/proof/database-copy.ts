import pg from 'pg'

/**
 * A copy of a service's database as of now, as a backup is one. Whoever is connected is thrown out, since PostgreSQL copies
 * no database that is in use.
 */
export async function copyDatabase(adminUrl: string, url: string): Promise<void> {
  await asAdmin(adminUrl, async admin => {
    const { name, owner } = parts(url)
    await closed(admin, name, () => admin.query(`create database "${name}_copy" template "${name}" owner "${owner}"`))
  })
}

/** Puts the copy in the database's place; what was there is gone. */
export async function restoreDatabase(adminUrl: string, url: string): Promise<void> {
  await asAdmin(adminUrl, async admin => {
    const { name } = parts(url)
    await admin.query(`drop database "${name}" with (force)`)
    await admin.query(`alter database "${name}_copy" rename to "${name}"`)
  })
}

const parts = (url: string) => ({ name: new URL(url).pathname.slice(1), owner: new URL(url).username })

async function closed(admin: pg.Client, name: string, work: () => Promise<unknown>): Promise<void> {
  await admin.query(`alter database "${name}" allow_connections false`)
  await admin.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [name])
  await work()
  await admin.query(`alter database "${name}" allow_connections true`)
}

async function asAdmin(adminUrl: string, work: (admin: pg.Client) => Promise<void>): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    await work(admin)
  } finally {
    await admin.end()
  }
}
