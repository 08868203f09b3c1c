import type { Pool } from 'pg'
import type { AuditSource, Backlog } from '../core/audit/audit-source.ts'
import { StartError } from '../errors.ts'
import type { Participant } from '../participant.ts'
import { countWaiting } from './list-waiting.ts'
import { readBooks } from './read-books.ts'
import { type Audited, contributes, readFigures } from './read-figures.ts'
import { describeStates, type StateTable } from './state-tables.ts'

/** A participant's tables as the audit reads them. @throws StartError when figures are taken from a table that is not keyed by the saga */
export async function auditedTables(pool: Pool, participant: Participant<any, any>): Promise<Audited> {
  const audited = auditedBy(participant, await describeStates(pool, participant.states))
  checkAuditKeys(audited)
  return audited
}

export function auditedBy(
  { audit, reactions }: Pick<Participant<any, any>, 'audit' | 'reactions'>,
  tables: readonly StateTable[],
): Audited {
  const owesNothing = reactions.filter(({ emits }) => emits.length === 0).map(({ trigger }) => trigger.type)
  return { audit, tables, explainNothing: contributes(audit) ? [] : owesNothing }
}

/** Pages of all participants are joined by ascending saga id, so that the ids must sort as everybody else's do. */
export function checkAuditKeys({ audit, tables }: Pick<Audited, 'audit' | 'tables'>): void {
  for (const { name, table, keyColumn, keyType } of tables)
    if (audit && (name in audit.settles || name in audit.says) && keyType !== 'uuid')
      throw new StartError(
        'audit-key',
        `the audit takes figures of sagas from ${name}, but the key ${table}.${keyColumn} is ${keyType}: it must be the saga id, a uuid`,
      )
}

/**
 * A participant, audited on its own database: for whoever may reach that, as tests do.
 * @param pool made by `createPool`, which reads numbers as the participant's functions know them
 * @throws StartError `audit-pool` for another pool, `audit-key`
 */
export async function auditDatabase(pool: Pool, participant: Participant<any, any>): Promise<AuditSource> {
  await checkNumbers(pool)
  const audited = await auditedTables(pool, participant)
  return {
    service: participant.service,
    figures: query => readFigures(pool, audited, query),
    books: () => readBooks(pool, audited),
    backlog: () => countBacklog(pool),
  }
}

/** node-postgres by itself gives a bigint as text: sums of such are texts set side by side. */
async function checkNumbers(pool: Pool): Promise<void> {
  const { rows } = await pool.query('select 1::bigint as one')
  if (rows[0].one !== 1)
    throw new StartError('audit-pool', 'the pool gives a bigint as text: make it with `createPool` of saga-kit/audit')
}

async function countBacklog(pool: Pool): Promise<Backlog> {
  const { retrying, parked, calling, dead, outbox } = await countWaiting(pool)
  return { unfinished: retrying + parked + calling, openLetters: dead, unpublished: outbox }
}
