import type { AuditReport } from './audit-over.ts'
import { familyOf } from './figures.ts'

/** What was asked, with its figures, and whether it holds. */
export interface Invariant {
  readonly name: string
  readonly holds: boolean
  readonly figures: string
}

/** Every invariant of a report by name, for people. `holds` speaks of the violations that the report names. */
export function invariantsOf({ sagas, figures, books, violations, atRest }: AuditReport): Invariant[] {
  const wrong = new Set(violations.flatMap(v => (v.kind === 'disagree' ? Object.keys(v.figures).map(familyOf) : [])))
  const found = (...kinds: string[]) => violations.some(({ kind }) => kinds.includes(kind))
  return [
    {
      name: 'every saga is known to who settles it',
      holds: sagas.unknown === 0 && !found('unknown'),
      figures: `${sagas.settled} settled, ${sagas.later} since then, ${sagas.open} open (${sagas.blocked} blocked), ${sagas.movedOn} moved on, ${sagas.discarded} with a discard`,
    },
    ...figures.map(({ family, services, sagas: compared, sums }) => ({
      name: `${family}: ${services.join(' = ')}`,
      holds: !wrong.has(family),
      figures: `${compared} sagas${sumsText(sums)}`,
    })),
    ...books.map(({ service, book, accounts, parts, wrong: accountsWrong }) => ({
      name: `${service}, book ${book}: 0 in each account`,
      holds: accountsWrong === 0,
      figures: `${accounts} accounts; ${listed(parts)}`,
    })),
    ...(atRest
      ? [
          {
            name: 'at rest: settled, discarded or blocked, and nothing left to do',
            holds: !found('not-settled', 'unfinished', 'unpublished'),
            figures: `${sagas.open} open, ${sagas.blocked} blocked`,
          },
        ]
      : []),
  ]
}

/** A shop has more skus than a line has room for. */
const mostSums = 3
function sumsText(sums: Readonly<Record<string, Readonly<Record<string, number>>>>): string {
  const all = Object.entries(sums)
  const shown = all.slice(0, mostSums).map(([name, bySource]) => `; ${name}: ${listed(bySource)}`)
  return shown.join('') + (all.length > mostSums ? `; and ${all.length - mostSums} more` : '')
}

const listed = (amounts: Readonly<Record<string, number>>) =>
  Object.entries(amounts)
    .map(([who, amount]) => `${who} ${amount}`)
    .join(', ')
