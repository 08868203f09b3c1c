import { agree, type Party } from '../../core/audit/agree.ts'
import type { Statement } from '../../core/audit/figures.ts'
import { figuresOfRows } from '../../core/audit/figures.ts'
import { problemsOf, type Violation } from '../../core/audit/violation.ts'
import type { Row } from '../../core/views.ts'
import type { Participant } from '../../participant.ts'
import { contributes } from '../../postgres/read-figures.ts'
import { booksOf } from '../books-of.ts'
import type { SimulatedDatabase } from './database.ts'

export interface Audited {
  readonly participant: Participant<any, any>
  readonly database: SimulatedDatabase
}

/** What books do not come to zero: at every instant all must. */
export function wrongBooks({ participant, database }: Audited): Violation[] {
  const rows = Object.fromEntries([...database.tables.keys()].map(name => [name, database.rows(name)]))
  return booksOf(participant, rows).flatMap(({ book, violations }) =>
    violations.map(wrong => ({ kind: 'book' as const, service: participant.service, book, ...wrong })),
  )
}

/**
 * The audit of `auditOver` on what stands in memory, where nothing moves while it is read.
 * @param before ISO 8601, UTC: settled sagas are compared that settled earlier
 */
export function auditOf(
  all: readonly Audited[],
  o: { readonly before: string; readonly atRest: boolean },
): Violation[] {
  const parties: Party[] = all.map(({ participant: { service, audit } }) => ({
    ...{ service, families: audit?.families ?? [] },
    settles: Object.keys(audit?.settles ?? {}).length > 0,
  }))
  const saga = new Map<string, Map<string, Statement>>()
  for (const each of all)
    for (const statement of statementsOf(each)) {
      const said = saga.get(statement.sagaId) ?? new Map<string, Statement>()
      saga.set(statement.sagaId, said.set(each.participant.service, statement))
    }
  const ofSagas = [...saga]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([sagaId, said]) => problemsOf(parties, { sagaId, said }, agree(parties, said, o.before), o.atRest))
  const unpublished = all.flatMap(({ participant: { service }, database: { outbox } }) =>
    o.atRest && outbox.size > 0 ? [{ kind: 'unpublished' as const, service, events: outbox.size }] : [],
  )
  return [...ofSagas, ...all.flatMap(wrongBooks), ...unpublished]
}

/** What a participant says of every saga that its tables or its engine know. */
function statementsOf({ participant, database }: Audited): Statement[] {
  const { audit, reactions } = participant
  const speaking = Object.keys({ ...audit?.settles, ...audit?.says })
  const rows: Record<string, readonly Row[]> = Object.fromEntries(speaking.map(name => [name, database.rows(name)]))
  const said = audit ? figuresOfRows(audit, rows) : new Map()
  const owesNothing = reactions.filter(({ emits }) => emits.length === 0).map(({ trigger }) => trigger.type)
  const explainNothing = contributes(audit) ? [] : owesNothing
  const inOutbox = new Set([...database.outbox.values()].map(({ sagaId }) => sagaId))
  const ids = new Set([...database.sagas.keys(), ...said.keys()])
  return [...ids].map(sagaId => {
    const waiting = [...(database.sagas.get(sagaId)?.waiting.values() ?? [])]
    const dead = waiting.filter(({ kind }) => kind === 'dead')
    const stands = waiting.some(({ kind }) => kind !== 'dead' && kind !== 'timer') || inOutbox.has(sagaId)
    const discarded = database.acts.flatMap(({ act, step, direction, forced }) =>
      act.act === 'discard' && act.letter.sagaId === sagaId && (forced || contributes(audit))
        ? [`${direction === 'compensation' ? 'undo ' : ''}${step}`]
        : [],
    )
    return {
      sagaId,
      ...(said.get(sagaId) ?? { ending: null, settledAt: null, figures: {} }),
      unfinished: stands && dead.length === 0,
      openLetter: dead.some(
        ({ direction, request, messageType }) =>
          direction === 'compensation' || request !== null || !explainNothing.includes(messageType),
      ),
      discarded: [...new Set(discarded)].sort(),
    }
  })
}
