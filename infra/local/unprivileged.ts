import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { StackError } from './errors.ts'

export interface User {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * PostgreSQL refuses to run as root. Root lends it the user postgres, or nobody, which every machine has, so that none
 * need be created. Undefined when the launcher is no root: PostgreSQL runs as its user.
 */
export function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
  for (const wanted of ['postgres', 'nobody']) {
    const [name, , uid, gid] = users.find(([name]) => name === wanted) ?? []
    if (name && uid && gid) return { name, uid: Number(uid), gid: Number(gid) }
  }
  const line =
    'PostgreSQL does not run as root, and there is no user postgres or nobody to run it: start as another user'
  throw new StackError('folder-unreachable', line)
}

/** A checkout below a home that is closed to others, for one, is closed to everybody else: say so before PostgreSQL does in its own words. */
export function requireReachable(user: User, ...paths: string[]): void {
  for (const path of paths) {
    const { status } = spawnSync('/bin/sh', ['-c', 'test -x "$0"', path], { uid: user.uid, gid: user.gid, cwd: '/' })
    if (status === 0) continue
    const line = `PostgreSQL runs as the user ${user.name}, since it refuses to run as root, and ${path} is closed to that user: chmod o+x the folders that lead there, or move the checkout or data folder`
    throw new StackError('folder-unreachable', line)
  }
}
