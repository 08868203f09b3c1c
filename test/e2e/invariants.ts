import type { Pool } from 'pg'
import { type AuditReport, auditDatabase, auditOver, violationText } from 'saga-kit/audit'
import { type ServiceName, serviceNames } from '../../infra/shop/topics.ts'
import { participants } from './participants.ts'

export type ShopDatabases = Readonly<Record<ServiceName, Pool>>

/** What always holds, asked of the four databases of a shop as `saga audit` asks it of the services. */
export async function auditShop(
  databases: ShopDatabases,
  o: { atRest?: boolean; pageSize?: number; since?: Date } = {},
): Promise<AuditReport> {
  const sources = serviceNames.map(name => auditDatabase(databases[name], participants[name]))
  return auditOver(await Promise.all(sources), { before: new Date(), ...o })
}

/** A line for each violation; those of sagas that an operator has discarded something of, too. */
export const violationsOf = ({ violations, discarded }: AuditReport): string[] =>
  [...violations, ...discarded.violations].map(violationText)

export const openLetters = ({ backlog }: AuditReport): number =>
  Object.values(backlog).reduce((sum, { openLetters: letters }) => sum + letters, 0)
