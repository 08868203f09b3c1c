import type { Audit, Figure } from '../../audit.ts'
import type { Row } from '../views.ts'

/** What one participant says of one saga. */
export interface Statement {
  readonly sagaId: string
  /** Null from one that does not settle sagas, and from one that does for a saga that it does not know. */
  readonly ending: string | null
  /** ISO 8601, UTC. */
  readonly settledAt: string | null
  /** By name: the family, or the family and what is counted. What is not named is 0. */
  readonly figures: Readonly<Record<string, number>>
  /** A message of it is neither done nor dead here, or an event of it is not published; and not behind a dead one. */
  readonly unfinished: boolean
  /** A message of it is dead here that others may wait for, or that bears on what is said here. */
  readonly openLetter: boolean
  /** Operations whose message an operator discarded, though others may have waited for it, or it bore on what is said here. */
  readonly discarded: readonly string[]
}

/** What the rows of a participant's tables say, by saga. @throws RangeError for a family that the audit does not declare */
export function figuresOfRows(
  audit: Audit,
  rows: Readonly<Record<string, readonly Row[]>>,
): Map<string, Pick<Statement, 'ending' | 'settledAt' | 'figures'>> {
  const said = new Map<string, { ending: string | null; settledAt: string | null; figures: Record<string, number> }>()
  const ofSaga = (table: string, row: Row) => {
    const sagaId = String(row[audit.states[table]!.key])
    const found = said.get(sagaId) ?? { ending: null, settledAt: null, figures: {} }
    said.set(sagaId, found)
    return found
  }
  const add = (to: Record<string, number>, figures: readonly Figure[]) => {
    for (const { family, of, amount } of figures) {
      if (!audit.families.includes(family))
        throw new RangeError(
          `a figure of ${family}, which the audit does not declare among ${audit.families.join(', ')}`,
        )
      const name = of === '' ? family : `${family} ${of}`
      to[name] = (to[name] ?? 0) + amount
    }
  }
  for (const [table, settlement] of Object.entries(audit.settles))
    for (const row of rows[table] ?? []) {
      const saga = ofSaga(table, row)
      const { ending, settledAt, figures } = settlement(row)
      saga.ending = ending
      saga.settledAt = settledAt?.toISOString() ?? null
      add(saga.figures, figures)
    }
  for (const [table, figuresOf] of Object.entries(audit.says))
    for (const row of rows[table] ?? []) add(ofSaga(table, row).figures, figuresOf(row))
  return said
}

/** The family of a figure is the first word of its name. */
export const familyOf = (name: string) => name.split(' ', 1)[0]!
