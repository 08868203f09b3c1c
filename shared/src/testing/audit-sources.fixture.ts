/** Participants as the audit sees them, in memory: what they say changes while they are read. */
import type { AuditSource } from '../core/audit/audit-source.ts'
import type { Book } from '../core/audit/books.ts'
import type { Statement } from '../core/audit/figures.ts'
import { firstSagaIdAt } from '../core/ids.ts'

export interface ScriptedSource extends AuditSource {
  /** By saga id; a test changes it. */
  readonly sagas: Map<string, Statement>
  readonly reads: number
}

/** A UUIDv7 of the n-th millisecond. */
export const sagaIdAt = (ms: number, n = 0) => firstSagaIdAt(ms).slice(0, -12) + n.toString(16).padStart(12, '0')

export const statement = (sagaId: string, changes: Partial<Statement> = {}): Statement => ({
  ...{ sagaId, ending: null, settledAt: null, figures: {}, unfinished: false, openLetter: false, discarded: [] },
  ...changes,
})

/** `beforeRead` is called before each page, so that the world can go on between two of them. */
export function scriptedSource(
  service: string,
  o: {
    readonly families?: readonly string[]
    readonly settles?: boolean
    readonly sagas?: readonly Statement[]
    readonly books?: readonly Book[]
    readonly unpublished?: number
    readonly beforeRead?: () => void
  },
): ScriptedSource {
  const { families = [], settles = false, books = [], unpublished = 0, beforeRead = () => {} } = o
  const sagas = new Map((o.sagas ?? []).map(s => [s.sagaId, s]))
  let reads = 0
  return {
    service,
    sagas,
    get reads() {
      return reads
    },
    async figures(query) {
      reads++
      beforeRead()
      const all = [...sagas.values()].sort((a, b) => (a.sagaId < b.sagaId ? -1 : 1))
      if ('sagaIds' in query)
        return { families, settles, next: null, sagas: all.filter(s => query.sagaIds.includes(s.sagaId)) }
      const { before, after, limit } = query
      const end = firstSagaIdAt(Date.parse(before))
      const asked = all.filter(({ sagaId }) => sagaId < end && (after === null || sagaId > after))
      const page = asked.slice(0, limit)
      return { families, settles, sagas: page, next: page.length < limit ? null : page.at(-1)!.sagaId }
    },
    books: async () => ({ books }),
    backlog: async () => ({ unfinished: 0, openLetters: 0, unpublished }),
  }
}
