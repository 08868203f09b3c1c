import type { Audit } from '../audit.ts'
import { sagaBeganMs } from './ids.ts'
import type { LoadedTable } from './views.ts'

/** A saga that a transaction has brought to its end. */
export interface Settled {
  readonly ending: string
  /** From its beginning, as its id has it. */
  readonly seconds: number
}

/** The sagas that settled in this transaction, by what the participant tells the audit of their rows before it and after. */
export function settledIn(audit: Audit, tables: ReadonlyMap<string, LoadedTable>): Settled[] {
  return Object.entries(audit.settles).flatMap(([name, settlement]) => {
    const { atLoad = none, current = none } = tables.get(name) ?? {}
    return [...current].flatMap(([sagaId, row]) => {
      const before = atLoad.get(sagaId)
      if (row === undefined || row === before) return []
      const { ending, settledAt } = settlement(row)
      const settledMs = settledAt?.getTime()
      if (settledMs === undefined || (before && settlement(before).settledAt?.getTime() === settledMs)) return []
      return [{ ending, seconds: Math.max(0, settledMs - sagaBeganMs(sagaId)) / 1_000 }]
    })
  })
}
const none: ReadonlyMap<string, undefined> = new Map()
