import type { FetchedRecord } from 'saga-kit/observing'
import { troubleOf } from 'saga-kit/parts'

/** Why a record is put aside: the database refuses what it holds; or the observer's own code, or its SQL, is at fault. */
export type PutAsideFor = 'refused' | 'fault'

export interface PutAsideOptions {
  readonly record: (records: readonly FetchedRecord[]) => Promise<void>
  /** What is done with one that cannot be recorded. */
  readonly putAside: (record: FetchedRecord, why: PutAsideFor) => Promise<void>
  readonly trouble: (error: unknown) => void
}

/**
 * Records them all, in halves where that fails, until a record stands alone that cannot be: it is put aside, and the others
 * are not held up by it. Rejected when the database is away: the records come again.
 */
export async function recordOrPutAside(o: PutAsideOptions, records: readonly FetchedRecord[]): Promise<void> {
  try {
    await o.record(records)
  } catch (error) {
    const trouble = troubleOf(error)
    o.trouble(error)
    const [first] = records
    const isAlone = records.length === 1
    // One record alone takes no time: then it is the database that is slow.
    const isSlow = trouble.kind === 'timeout' && isAlone
    if (trouble.kind === 'infrastructure' || trouble.kind === 'again' || isSlow) throw error
    if (isAlone && first) return o.putAside(first, isOfValues(trouble) ? 'refused' : 'fault')
    const half = records.length >> 1
    await recordOrPutAside(o, records.slice(0, half))
    await recordOrPutAside(o, records.slice(half))
  }
}

/** SQLSTATEs of data exceptions and program limits: they speak of a value, not of the statement. */
const isOfValues = (trouble: ReturnType<typeof troubleOf>) =>
  trouble.kind === 'refused' && /^(22|54)/.test(trouble.code)
