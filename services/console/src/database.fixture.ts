import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { createPool, migrateOwn } from 'saga-kit/parts'
import { inject } from 'vitest'

/** An empty database of the console's own, with its tables. */
export async function consoleDatabase(): Promise<{ url: string; pool: pg.Pool; end(): Promise<void> }> {
  const name = `console_${randomBytes(6).toString('hex')}`
  const asAdmin = async (text: string) => {
    const admin = new pg.Client({ connectionString: inject('adminUrl') })
    await admin.connect()
    try {
      await admin.query(text)
    } finally {
      await admin.end()
    }
  }
  await asAdmin(`create database ${name}`)
  const url = Object.assign(new URL(inject('adminUrl')), { pathname: `/${name}` }).href
  await migrateOwn(url, new URL('../migrations/', import.meta.url))
  const pool = createPool({ url, poolSize: 4, applicationName: 'console test' })
  return {
    ...{ url, pool },
    async end() {
      await pool.end()
      await asAdmin(`drop database ${name} with (force)`)
    },
  }
}
