import { createHmac } from 'node:crypto'
import pg from 'pg'

/** PostgreSQL cuts longer names off, which would make one of two. */
const validName = /^[a-z][a-z0-9_]{0,62}$/

const duplicateObject = '42710'
const duplicateDatabase = '42P04'
/** Two that create the same name at the same instant meet on the catalogue's unique index instead. */
const uniqueViolation = '23505'

/**
 * Creates the role NAME and the database NAME that it owns, unless they are there, and gives the URL of that role. Nobody
 * else but the superuser may connect. The password is derived from the superuser's, so that asking again, from any process,
 * gives the same URL.
 */
export async function createDatabase(adminUrl: string, name: string): Promise<string> {
  if (!validName.test(name)) {
    throw new Error(`a database's name must match ${validName.source}, not ${JSON.stringify(name)}`)
  }
  const url = new URL(adminUrl)
  const password = createHmac('sha256', decodeURIComponent(url.password)).update(name).digest('base64url')
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    await unlessThere(duplicateObject, admin.query(`create role "${name}" login password '${password}'`))
    if (await unlessThere(duplicateDatabase, admin.query(`create database "${name}" owner "${name}"`))) {
      await admin.query(`revoke all on database "${name}" from public`)
    }
  } finally {
    await admin.end()
  }
  url.username = name
  url.password = password
  url.pathname = `/${name}`
  return url.href
}

/** Drops the database, whoever is connected, and its role. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  if (!validName.test(name)) throw new Error(`not a database's name: ${JSON.stringify(name)}`)
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    await admin.query(`drop database if exists "${name}" with (force)`)
    await admin.query(`drop role if exists "${name}"`)
  } finally {
    await admin.end()
  }
}

/** False when it was there already. */
async function unlessThere(code: string, creation: Promise<unknown>): Promise<boolean> {
  try {
    await creation
    return true
  } catch (error) {
    const is = (error as { code?: string }).code
    if (is === code || is === uniqueViolation) return false
    throw error
  }
}
