import type { Step } from '../../../../src/contract.ts'

/** One of the saga's own rows as it stood after a step. */
export interface RowAt {
  readonly service: string
  readonly table: string
  readonly key: string
  /** As it was before that step; the same as `after` unless the step changed it. */
  readonly before: unknown
  /** Null: it was not there. */
  readonly after: unknown
  readonly changed: boolean
}

/**
 * The saga's rows in all participants after the first `position` steps; of 0 as they were before the first. A row's past
 * begins with what its first step found.
 */
export function rowsAfter(steps: readonly Step[], position: number): RowAt[] {
  const rows = new Map<string, RowAt>()
  steps.forEach((step, at) => {
    for (const { table, key, before, after } of step.rows) {
      const name = JSON.stringify([step.service, table, key])
      const known = rows.get(name)
      const place = { service: step.service, table, key }
      if (at < position) rows.set(name, { ...place, before, after, changed: at === position - 1 })
      else if (!known) rows.set(name, { ...place, before, after: before, changed: false })
    }
  })
  return [...rows.values()]
    .map(row => (row.changed ? row : { ...row, before: row.after }))
    .filter(row => row.changed || isThere(row.after))
}

const isThere = (row: unknown) => row !== null && row !== undefined
