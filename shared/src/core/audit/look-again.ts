import type { AuditSource } from './audit-source.ts'
import type { Statement } from './figures.ts'

/** What is said of a saga; undefined of one that has moved while it was read. */
export interface SaidAgain {
  readonly sagaId: string
  readonly said: ReadonlyMap<string, Statement> | undefined
}

/**
 * Reads sagas first at who settles them, then at the others, then again at who settles them: if these say the same twice,
 * the others spoke of the saga as it was in between, whatever the clocks say.
 */
export async function lookAgain(
  settling: readonly AuditSource[],
  others: readonly AuditSource[],
  sagaIds: readonly string[],
): Promise<SaidAgain[]> {
  const firstly = await read(settling, sagaIds)
  const between = await read(others, sagaIds)
  const lastly = await read(settling, sagaIds)
  return sagaIds.map(sagaId => {
    const stood = firstly.every(({ sagas }, i) => sameSettlement(sagas.get(sagaId), lastly[i]!.sagas.get(sagaId)))
    if (!stood) return { sagaId, said: undefined }
    const said = [...lastly, ...between].flatMap(({ service, sagas }) => {
      const statement = sagas.get(sagaId)
      return statement ? [[service, statement] as const] : []
    })
    return { sagaId, said: new Map(said) }
  })
}

function read(sources: readonly AuditSource[], sagaIds: readonly string[]) {
  return Promise.all(
    sources.map(async source => {
      const { sagas } = await source.figures({ sagaIds })
      return { service: source.service, sagas: new Map(sagas.map(s => [s.sagaId, s])) }
    }),
  )
}

function sameSettlement(a: Statement | undefined, b: Statement | undefined): boolean {
  const told = (s: Statement | undefined) => JSON.stringify([s?.ending ?? null, s?.settledAt ?? null, s?.figures ?? {}])
  return told(a) === told(b)
}
