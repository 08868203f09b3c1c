import type { Book } from './books.ts'
import type { Statement } from './figures.ts'

/** Which sagas to speak of: a page of those that began before a moment, or these (at most 100) whenever they began. */
export type FigureQuery =
  | {
      /** ISO 8601, UTC. */
      readonly before: string
      readonly after: string | null
      readonly limit: number
    }
  | { readonly sagaIds: readonly string[] }

export interface FigurePage {
  readonly families: readonly string[]
  readonly settles: boolean
  /** By ascending saga id. */
  readonly sagas: readonly Statement[]
  /** `after` of the next page; null behind the last. */
  readonly next: string | null
}

/** What stands in a participant, over all sagas and what belongs to none. */
export interface Backlog {
  /** Retried, parked or being called. */
  readonly unfinished: number
  readonly openLetters: number
  /** Events in the outbox. */
  readonly unpublished: number
}

/** A participant as the audit sees it: over HTTP, or on its database. */
export interface AuditSource {
  readonly service: string
  figures(query: FigureQuery): Promise<FigurePage>
  books(): Promise<{ readonly books: readonly Book[] }>
  backlog(): Promise<Backlog>
}
