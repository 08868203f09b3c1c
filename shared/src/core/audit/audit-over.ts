import { StartError } from '../../errors.ts'
import { firstSagaIdAt } from '../ids.ts'
import { agree, type Party } from './agree.ts'
import type { AuditSource, Backlog, FigurePage, FigureQuery } from './audit-source.ts'
import type { Book } from './books.ts'
import type { Statement } from './figures.ts'
import { lookAgain } from './look-again.ts'
import { mergeSagas, type SaidOfSaga } from './merge-sagas.ts'
import { type FamilyTotals, type SagaCounts, Tally } from './tally.ts'
import { problemsOf, type SagaViolation, type Violation } from './violation.ts'
import { ViolationCount } from './violation-count.ts'

export interface AuditReport {
  /** ISO 8601, UTC. */
  readonly before: string
  readonly atRest: boolean
  readonly sagas: SagaCounts
  readonly figures: readonly FamilyTotals[]
  readonly books: readonly (Book & { readonly service: string })[]
  /** By service. */
  readonly backlog: Readonly<Record<string, Backlog>>
  /** How many violations there are. */
  readonly found: number
  /** The first thousand of them. */
  readonly violations: readonly Violation[]
  /** Violations of sagas with a discarded message, reported apart: an operator has answered for them. */
  readonly discarded: { readonly found: number; readonly violations: readonly SagaViolation[] }
}

/** So many sagas are looked at again together. */
const suspectsTogether = 100

/**
 * Asks all participants whether what always holds does, while they work: reads only, and holds one page of each at a time.
 * A saga that seems wrong is looked at again (`lookAgain`); one that has moved on meanwhile says nothing, and is counted.
 *
 * @param before only sagas that began earlier, and of the settled ones those that settled earlier
 * @param since only sagas that began then or later: for an audit every day, or where old rows are archived
 * @param atRest nothing moves any more: then each saga is settled, discarded or blocked by an open letter, and nothing else
 * is unfinished or unpublished. Without it only what holds at every instant is asked for.
 * @throws StartError `audit-unsettled` when no participant says how sagas end
 */
export async function auditOver(
  sources: readonly AuditSource[],
  o: { readonly before: Date; readonly since?: Date; readonly atRest?: boolean; readonly pageSize?: number },
): Promise<AuditReport> {
  const { atRest = false, pageSize = 1_000 } = o
  const before = o.before.toISOString()
  const pageAfter = (after: string | null) => ({ before, after, limit: pageSize })
  const start = pageAfter(o.since ? firstSagaIdAt(o.since.getTime()) : null)
  const begun = await Promise.all(sources.map(async source => ({ source, first: await source.figures(start) })))
  // A report is the same in whatever order they are asked: who settles sagas first.
  begun.sort(
    (a, b) => Number(b.first.settles) - Number(a.first.settles) || (a.source.service < b.source.service ? -1 : 1),
  )
  const parties = partiesOf(begun)
  const [settling, others] = [true, false].map(settles =>
    begun.flatMap(({ source, first }) => (first.settles === settles ? [source] : [])),
  ) as [AuditSource[], AuditSource[]]

  const tally = new Tally(parties)
  const found = new ViolationCount()
  const judge = (saga: SaidOfSaga) => {
    const judged = agree(parties, saga.said, before)
    return { judged, problems: problemsOf(parties, saga, judged, atRest) }
  }
  let suspects: string[] = []
  const settleSuspects = async () => {
    for (const { sagaId, said } of await lookAgain(settling, others, suspects)) {
      if (!said) {
        tally.movedOn()
        continue
      }
      const { judged, problems } = judge({ sagaId, said })
      tally.count(judged, said)
      found.add(problems)
    }
    suspects = []
  }

  const pages = begun.map(({ source, first }) => ({
    ...{ service: source.service, pages: pagesOf(source, first, pageAfter) },
  }))
  for await (const saga of mergeSagas(pages)) {
    const { judged, problems } = judge(saga)
    if (problems.length === 0) tally.count(judged, saga.said)
    else suspects.push(saga.sagaId)
    if (suspects.length === suspectsTogether) await settleSuspects()
  }
  if (suspects.length > 0) await settleSuspects()

  const books: (Book & { service: string })[] = []
  const backlog: Record<string, Backlog> = {}
  for (const { source } of begun) {
    const { service } = source
    for (const book of (await source.books()).books) {
      books.push({ ...book, service })
      found.add(book.violations.map(wrong => ({ kind: 'book', service, book: book.book, ...wrong })))
      found.addUnnamed(book.wrong - book.violations.length)
    }
    backlog[service] = await source.backlog()
    const events = backlog[service].unpublished
    if (atRest && events > 0) found.add([{ kind: 'unpublished', service, events }])
  }
  return { before, atRest, sagas: tally.counts(), figures: tally.families(), books, backlog, ...found.report() }
}

function partiesOf(begun: readonly { source: AuditSource; first: FigurePage }[]): Party[] {
  const parties = begun.map(({ source: { service }, first: { families, settles } }) => ({ service, families, settles }))
  if (parties.some(party => party.settles)) return parties
  throw new StartError(
    'audit-unsettled',
    `none of ${parties.map(party => party.service).join(', ')} says how sagas end: one participant's audit must have \`settles\``,
  )
}

async function* pagesOf(
  source: AuditSource,
  first: FigurePage,
  pageAfter: (after: string) => FigureQuery,
): AsyncGenerator<readonly Statement[]> {
  for (let page = first; ; page = await source.figures(pageAfter(page.next))) {
    yield page.sagas
    if (page.next === null) return
  }
}
