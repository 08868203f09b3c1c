import type { Statement } from './figures.ts'

/** What all participants say of one saga, by service. */
export interface SaidOfSaga {
  readonly sagaId: string
  readonly said: ReadonlyMap<string, Statement>
}

/** Pages of one participant's statements, by ascending saga id. */
export interface StatementPages {
  readonly service: string
  readonly pages: AsyncIterator<readonly Statement[]>
}

/**
 * Joins what the participants say, saga by saga, by ascending id: holds one page of each, however many sagas there are.
 * @throws Error when a page is not in order, since a saga would then be compared with nobody
 */
export async function* mergeSagas(sources: readonly StatementPages[]): AsyncGenerator<SaidOfSaga> {
  const cursors = sources.map(source => new Cursor(source))
  await Promise.all(cursors.flatMap(cursor => cursor.advance() ?? []))
  for (;;) {
    const heads = cursors.flatMap(({ head }) => (head ? [head.sagaId] : []))
    if (heads.length === 0) return
    const sagaId = heads.reduce((least, id) => (id < least ? id : least))
    const said = new Map<string, Statement>()
    const atEnd: Promise<void>[] = []
    for (const cursor of cursors) {
      if (cursor.head?.sagaId !== sagaId) continue
      said.set(cursor.service, cursor.head)
      const loading = cursor.advance()
      if (loading) atEnd.push(loading)
    }
    if (atEnd.length > 0) await Promise.all(atEnd)
    yield { sagaId, said }
  }
}

class Cursor {
  readonly service: string
  readonly #pages: StatementPages['pages']
  #page: readonly Statement[] = []
  #at = -1

  constructor({ service, pages }: StatementPages) {
    this.service = service
    this.#pages = pages
  }

  get head(): Statement | undefined {
    return this.#page[this.#at]
  }

  /** Gives a promise only when a page has to be fetched: a saga is not worth one. */
  advance(): Promise<void> | undefined {
    const last = this.head?.sagaId
    this.#at++
    if (this.head) return this.#inOrder(last)
    return this.#fetch(last)
  }

  async #fetch(last: string | undefined): Promise<void> {
    do {
      const { value, done } = await this.#pages.next()
      if (done) return
      this.#page = value
      this.#at = 0
    } while (this.#page.length === 0)
    this.#inOrder(last)
  }

  #inOrder(last: string | undefined): undefined {
    if (last === undefined || this.head!.sagaId > last) return
    throw new Error(
      `${this.service} names saga ${this.head!.sagaId} behind ${last}: its sagas must come by ascending id`,
    )
  }
}
