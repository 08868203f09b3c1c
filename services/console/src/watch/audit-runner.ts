import type { Pool } from 'pg'
import {
  askAll,
  auditParticipants,
  invariantsOf,
  OperatingError,
  type Participants,
  violationsThatCount,
} from 'saga-kit/operating'
import type { Health } from '../contract.ts'

/** As the runbook's `saga audit --since 7d`. */
const sinceMs = 7 * 86_400_000
/** Whoever did not answer may do so soon. */
const retryMs = 300_000

type Last = NonNullable<Health['audit']['last']>
export interface KeptAudit {
  readonly triedAt: Date
  readonly silent: Health['audit']['silent']
  /** The last that reached everybody; null before the first one. */
  readonly last: (Omit<Last, 'at'> & { readonly at: Date }) | null
}

/** True when one is due, and this instance is to run it: the last may have been before the process began, or at another. */
export async function claimAudit(pool: Pool, everyMs: number): Promise<boolean> {
  const { rowCount } = await pool.query(
    `insert into audits (tried_at, silent) values (now(), '[]') on conflict (one_row) do update set tried_at = now()
     where audits.tried_at <= now() - case audits.silent when '[]' then $1::int else least($1::int, $2::int) end * interval '1 ms'`,
    [everyMs, retryMs],
  )
  return rowCount === 1
}

/** When the next one is due, as `claimAudit` has it; now, before the first one. */
export function nextAuditAt(kept: KeptAudit | null, everyMs: number, now = new Date()): Date {
  if (kept === null) return now
  return new Date(kept.triedAt.getTime() + (kept.silent.length > 0 ? Math.min(everyMs, retryMs) : everyMs))
}

/**
 * Audits what began within seven days over all participants, and keeps the result: what `saga audit --since 7d` says. While
 * one of them does not answer nothing is said but who, and the last result stands.
 */
export async function runAudit(pool: Pool, participants: Participants, now = new Date()): Promise<KeptAudit> {
  const asked = await askAll(participants.admins, admin => admin.status())
  const silent = [...participants.silent, ...asked.silent]
  if (silent.length > 0) return saveSilence(pool, silent)
  try {
    const since = new Date(now.getTime() - sinceMs)
    const report = await auditParticipants(participants, { before: now, since })
    const { settled, later, open } = report.sagas
    const violations = violationsThatCount(report, {})
    const last = { at: new Date(), sagas: settled + later + open, violations, lines: invariantsOf(report) }
    return await saveAudit(pool, last)
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
    return saveSilence(pool, [{ service: 'audit', why: error.message }])
  }
}

async function saveSilence(pool: Pool, silent: KeptAudit['silent']): Promise<KeptAudit> {
  await pool.query(
    `insert into audits (tried_at, silent) values (now(), $1) on conflict (one_row) do update set tried_at = now(), silent = $1`,
    [JSON.stringify(silent)],
  )
  return (await readAudit(pool))!
}

async function saveAudit(
  pool: Pool,
  { at, sagas, violations, lines }: NonNullable<KeptAudit['last']>,
): Promise<KeptAudit> {
  await pool.query(
    `insert into audits (tried_at, silent, at, sagas, violations, lines) values (now(), '[]', $1, $2, $3, $4)
     on conflict (one_row) do update set tried_at = now(), silent = '[]', at = $1, sagas = $2, violations = $3, lines = $4`,
    [at, sagas, violations, JSON.stringify(lines)],
  )
  return (await readAudit(pool))!
}

export async function readAudit(pool: Pool): Promise<KeptAudit | null> {
  const { rows } = await pool.query(
    `select tried_at, silent, at, sagas::float8 as sagas, violations::float8 as violations, lines from audits`,
  )
  const [row] = rows
  if (!row) return null
  const { tried_at: triedAt, silent, at, ...last } = row
  return { triedAt, silent, last: at === null ? null : { at, ...last } }
}
