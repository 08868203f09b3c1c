import type { AuditReport } from './audit-over.ts'
import { familyOf } from './figures.ts'

/** For people: `980,244,100`. */
const grouped = new Intl.NumberFormat('en-US')

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
      figures: standingText(sagas),
    },
    ...figures.map(({ family, services, sagas: compared, sums }) => ({
      name: `${family}: ${services.length > 1 ? `${services.join(' and ')} say the same of each saga` : `told by ${services.join()} alone`}`,
      holds: !wrong.has(family),
      figures: `${grouped.format(compared)} sagas compared${sumsText(sums)}`,
    })),
    ...books.map(({ service, book, accounts, parts, wrong: accountsWrong }) => ({
      name: `${service}: each account of its book “${book}” comes to 0`,
      holds: accountsWrong === 0,
      figures: `${grouped.format(accounts)} accounts; in all ${listed(parts)}`,
    })),
    ...(atRest
      ? [
          {
            name: 'at rest: settled, discarded or blocked, and nothing left to do',
            holds: !found('not-settled', 'unfinished', 'unpublished'),
            figures: `${grouped.format(sagas.open)} open, of which ${grouped.format(sagas.blocked)} blocked by a dead letter`,
          },
        ]
      : []),
  ]
}

/** Of what there is none nothing is said. */
function standingText({ settled, later, open, blocked, movedOn, unknown, discarded }: AuditReport['sagas']): string {
  const others = [
    later > 0 && `${grouped.format(later)} more settled later`,
    blocked > 0 && `${grouped.format(blocked)} of the open ones blocked by a dead letter`,
    movedOn > 0 && `${grouped.format(movedOn)} went on while they were read`,
    unknown > 0 && `${grouped.format(unknown)} unknown to who settles them`,
    discarded > 0 && `${grouped.format(discarded)} with a message that was discarded`,
  ]
  return [`${grouped.format(settled)} settled, ${grouped.format(open)} open`, ...others.filter(Boolean)].join('; ')
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
    .map(([who, amount]) => `${who} ${grouped.format(amount)}`)
    .join(', ')
