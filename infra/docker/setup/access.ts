import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Each container's own secrets are in a volume of its own, and only here are all of them mounted. They are made at the first
 * start, and are in no file of the repository.
 */
const folder = '/run/access'

/** Of PostgreSQL's superuser; the other secrets are derived from it, so that every start gives the same. */
export function makePassword(): void {
  if (!existsSync(join(folder, 'postgres/password')))
    give('postgres', 'password', randomBytes(24).toString('base64url'))
}
export const readPassword = (): string => readFileSync(join(folder, 'postgres/password'), 'utf8')

export const derive = (what: string): string => createHmac('sha256', readPassword()).update(what).digest('base64url')

/** `NAME=value`, a line for each. */
export const settings = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')

/** Readable to whoever runs in the container: who has the volume decides who reaches it. */
export function give(container: string, fileName: string, content: string): void {
  const path = join(folder, container, fileName)
  writeFileSync(`${path}.draft`, content, { mode: 0o444 })
  renameSync(`${path}.draft`, path)
}
