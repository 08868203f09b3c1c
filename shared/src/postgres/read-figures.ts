import type { ClientBase, Pool } from 'pg'
import type { Audit } from '../audit.ts'
import type { FigurePage, FigureQuery } from '../core/audit/audit-source.ts'
import { figuresOfRows } from '../core/audit/figures.ts'
import { firstSagaIdAt } from '../core/ids.ts'
import type { Row } from '../core/views.ts'
import { inSnapshot } from './snapshot.ts'
import { fieldsOf, type StateTable } from './state-tables.ts'

/** A participant's tables, and what it says of their rows. */
export interface Audited {
  readonly audit: Audit | undefined
  readonly tables: readonly StateTable[]
  /**
   * Types of messages of which it owes nobody anything, if it contributes no figures itself: a letter or discard of one
   * explains nothing that is wrong elsewhere, and must not excuse it.
   */
  readonly explainNothing: readonly string[]
}

/** What the participant says of each saga that its tables or its engine know, as of one moment. */
export function readFigures(pool: Pool, audited: Audited, query: FigureQuery): Promise<FigurePage> {
  const { audit, tables } = audited
  const speaking = tables.filter(({ name }) => audit && (name in audit.settles || name in audit.says))
  return inSnapshot(pool, async tx => {
    const sagaIds = await findSagas(tx, speaking, query)
    const rows: Record<string, readonly Row[]> = {}
    for (const table of speaking) rows[table.name] = await rowsOf(tx, table, sagaIds)
    const said = audit ? figuresOfRows(audit, rows) : new Map()
    const standing = await readStanding(tx, sagaIds, audited)
    return {
      families: audit?.families ?? [],
      settles: Object.keys(audit?.settles ?? {}).length > 0,
      sagas: sagaIds.map(sagaId => ({
        sagaId,
        ...(said.get(sagaId) ?? { ending: null, settledAt: null, figures: {} }),
        ...(standing.get(sagaId) ?? { unfinished: false, openLetter: false, discarded: [] }),
      })),
      next: 'limit' in query && sagaIds.length === query.limit ? sagaIds.at(-1)! : null,
    }
  })
}

/** Ids are times, so that one bound leaves out what began later. Each part is limited: none is read further than the page. */
async function findSagas(tx: ClientBase, speaking: readonly StateTable[], query: FigureQuery): Promise<string[]> {
  const places = [
    { table: 'saga.sagas', column: 'saga_id' },
    ...speaking.map(({ table, keyColumn }) => ({ table, column: keyColumn })),
  ]
  const ask = async (which: (column: string) => string, limit: string, values: unknown[]) => {
    const parts = places.map(
      ({ table, column }) =>
        `(select "${column}" as saga_id from ${table} where ${which(`"${column}"`)} order by 1 ${limit})`,
    )
    const found = await tx.query(
      `select saga_id from (${parts.join(' union ')}) found order by saga_id ${limit}`,
      values,
    )
    return found.rows.map(row => String(row.saga_id))
  }
  if ('sagaIds' in query) return ask(column => `${column} = any($1::uuid[])`, '', [query.sagaIds])
  const { before, after, limit } = query
  const end = firstSagaIdAt(Date.parse(before))
  const start = after ?? '00000000-0000-0000-0000-000000000000'
  return ask(column => `${column} > $1::uuid and ${column} < $2::uuid`, 'limit $3', [start, end, limit])
}

async function rowsOf(tx: ClientBase, table: StateTable, sagaIds: readonly string[]): Promise<readonly Row[]> {
  const found = await tx.query(
    `select ${fieldsOf(table)} from ${table.table} where "${table.keyColumn}" = any($1::uuid[])`,
    [sagaIds],
  )
  return found.rows
}

/** Whether anything is compared with what it says. */
export const contributes = (audit: Audit | undefined) =>
  audit !== undefined && (audit.families.length > 0 || Object.keys(audit.settles).length > 0)

interface Standing {
  readonly unfinished: boolean
  readonly openLetter: boolean
  readonly discarded: readonly string[]
}

/**
 * Of those sagas of which there is anything to say. A discard is an act: the saga log shows only what became of the step
 * since. It was forced where others may wait for what was given up, or an effect stays that nobody undoes (rule 20).
 */
async function readStanding(
  tx: ClientBase,
  sagaIds: readonly string[],
  { audit, explainNothing }: Audited,
): Promise<Map<string, Standing>> {
  const found = await tx.query(
    `select saga_id, bool_or(unfinished) and not bool_or(dead) as unfinished, bool_or(explains) as "openLetter",
       coalesce(array_agg(distinct discarded order by discarded) filter (where discarded is not null), '{}') as discarded
     from (
       select saga_id, kind in ('retry', 'parked', 'calling') as unfinished, kind = 'dead' as dead, kind = 'dead' and
         (direction = 'compensation' or request is not null or message_type is null or message_type <> all($2)) as explains,
         null as discarded
       from saga.waiting where saga_id = any($1::uuid[])
       union all
       select saga_id, true, false, false, null from saga.outbox where saga_id = any($1::uuid[])
       union all
       select saga_id, false, false, false, case direction when 'compensation' then 'undo ' else '' end || step
       from saga.operator_acts where saga_id = any($1::uuid[]) and act = 'discard' and (forced or $3)
     ) standing group by saga_id`,
    [sagaIds, explainNothing, contributes(audit)],
  )
  return new Map(found.rows.map(({ saga_id, ...standing }) => [saga_id, standing]))
}
