import { hostname } from 'node:os'
import type { Pool } from 'pg'
import type { HttpServer } from '../http/listen.ts'
import type { QueryRoute, Reader } from '../http/routes.ts'
import type { Codec } from '../kafka/codec.ts'
import type { Participant } from '../participant.ts'
import type { Store } from '../postgres/transaction.ts'
import type { KitSettings } from '../runtime/kit-settings.ts'
import type { Log } from '../runtime/logs.ts'
import { troubleOf } from '../runtime/trouble.ts'
import { actRoutes } from './act-routes.ts'
import type { Acts } from './acts.ts'
import { dryRun } from './dry-run.ts'
import { startAdmin } from './listener.ts'
import { readRoutes } from './read-routes.ts'

export interface OpenAdmin extends HttpServer {
  /** Where operators reach it. */
  readonly url: string
}

/** Opens the admin listener if ADMIN_PORT asks for one. @throws StartError `port-in-use`, `port-refused` */
export async function openAdmin(o: {
  readonly kit: Pick<KitSettings, 'adminPort' | 'adminToken' | 'adminUrl'>
  readonly participant: Participant
  readonly store: Store
  readonly codec: Codec
  readonly acts: Acts
  readonly reads: Pool
  readonly db: Reader
  readonly log: Log
  readonly paused: () => readonly string[]
  /** What else is read here: the figures and books of the audit. */
  readonly auditRoutes: readonly QueryRoute[]
}): Promise<OpenAdmin | undefined> {
  const { adminPort: port, adminToken: token, adminUrl } = o.kit
  if (port === undefined) return undefined
  const server = await startAdmin({
    ...{ port, token, db: o.db, log: o.log },
    reads: [...readRoutes({ ...o, rules: o.store.rules }), ...o.auditRoutes],
    acts: actRoutes(o.acts, letter => dryRun(o, letter)),
    isUnavailable: error => troubleOf(error).kind === 'infrastructure',
  })
  const host = token === undefined ? '127.0.0.1' : hostname()
  return { ...server, url: adminUrl ?? `http://${host}:${server.port}` }
}
