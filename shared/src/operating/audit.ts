import * as contract from '../admin/contract.ts'
import { type AuditReport, auditOver } from '../core/audit/audit-over.ts'
import type { AuditSource, FigureQuery } from '../core/audit/audit-source.ts'
import { StartError } from '../errors.ts'
import { type Admin, AdminRefusal, Silence } from './admin.ts'
import { OperatingError } from './operating-error.ts'
import type { Participants } from './participants.ts'

/** Whether what always holds does, over all services. @throws OperatingError when one of them does not answer */
export async function auditParticipants(
  { admins, silent }: Pick<Participants, 'admins' | 'silent'>,
  options: Parameters<typeof auditOver>[1],
): Promise<AuditReport> {
  // Over some of them it would find violations that are none.
  if (silent.length > 0)
    throw new OperatingError(
      'unreachable',
      `an audit asks everybody: ${silent.map(s => `${s.service} ${s.why}`).join('; ')}`,
    )
  return auditOver(admins.map(sourceOf), options).catch(error => {
    if (error instanceof StartError) throw new OperatingError('wrong-request', error.message)
    throw error
  })
}

/** That something was discarded may explain a violation, and need not: somebody has to have looked before it counts as known. */
export function violationsThatCount(
  { found, discarded }: Pick<AuditReport, 'found' | 'discarded'>,
  { acceptDiscarded = false }: { readonly acceptDiscarded?: boolean | undefined },
): number {
  return found + (acceptDiscarded ? 0 : discarded.found)
}

/** All rows of a participant are read before it answers. Longer than this, fetch itself does not wait. */
const booksTimeoutMs = 300_000

/** A participant as the audit sees it, over its admin listener. */
function sourceOf(admin: Admin): AuditSource {
  const { service } = admin
  const named = async <T>(answer: Promise<T | undefined>): Promise<T> => {
    const found = await answer.catch(error => {
      if (!(error instanceof Silence || error instanceof AdminRefusal)) throw error
      throw new OperatingError('unreachable', `an audit asks everybody: ${service} ${error.message}`)
    })
    if (found === undefined) throw new OperatingError('unreachable', `${service} contributes nothing to an audit`)
    return found
  }
  return {
    service,
    figures: query => named(admin.get('/admin/figures', searchOf(query), contract.figurePage)),
    books: () => named(admin.get('/admin/books', {}, contract.books, booksTimeoutMs)),
    backlog: async () => {
      const { retrying, parked, calling, dead, outbox } = await named(admin.status())
      return { unfinished: retrying + parked + calling, openLetters: dead, unpublished: outbox }
    },
  }
}

const searchOf = (query: FigureQuery) =>
  'sagaIds' in query
    ? { sagas: query.sagaIds.join(',') }
    : { before: query.before, after: query.after ?? undefined, limit: String(query.limit) }
