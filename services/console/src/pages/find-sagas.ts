import type { Pool } from 'pg'
import { firstSagaIdAt } from 'saga-kit/observing'
import type { Saga } from '../contract.ts'

export interface SagaFilter {
  readonly state?: string | undefined
  readonly overdue?: boolean | undefined
  readonly ending?: string | undefined
  readonly step?: string | undefined
  readonly error?: string | undefined
  readonly attribute?: { readonly name: string; readonly value: string } | undefined
  readonly olderThanMs?: number | undefined
  readonly ids?: { readonly first: string; readonly last: string } | undefined
  /** The last saga of the page before. */
  readonly after?: string | undefined
}

/** The youngest first: ids of sagas are times. Every filter has an index that gives that order, or few rows. */
export async function findSagas(pool: Pick<Pool, 'query'>, filter: SagaFilter, limit: number): Promise<Saga[]> {
  const { text, values } = sagasQuery(filter, limit)
  const { rows } = await pool.query(text, values)
  return rows.map(sagaOf)
}

export function sagasQuery(filter: SagaFilter, limit: number): { text: string; values: unknown[] } {
  const values: unknown[] = []
  const value = (given: unknown) => `$${values.push(given)}`
  const { attribute, ids } = filter
  // The order is taken where the filter is: of somebody with a hundred thousand sagas only a page is read. What limits the
  // ids is said of both tables, since the planner does not carry an inequality over.
  const id = attribute ? 'a.saga_id' : 's.saga_id'
  const ofIds = (limit: (id: string) => string) =>
    attribute ? `${limit('a.saga_id')} and ${limit('s.saga_id')}` : limit(id)
  const below = (sagaId: string) => {
    const given = value(sagaId)
    return ofIds(each => `${each} < ${given}`)
  }
  const between = ({ first, last }: { first: string; last: string }) => {
    const [from, to] = [value(first), value(last)]
    return ofIds(each => `${each} between ${from} and ${to}`)
  }
  const where = [
    attribute && `a.name = ${value(attribute.name)} and a.value = ${value(attribute.value)}`,
    filter.state !== undefined && `s.state = ${value(filter.state)}`,
    filter.overdue && 's.overdue',
    filter.ending !== undefined && `s.ending = ${value(filter.ending)}`,
    filter.step !== undefined && `s.steps <> '{}' and s.steps @> array[${value(filter.step)}]`,
    filter.error !== undefined && `s.error_code = ${value(filter.error)}`,
    filter.olderThanMs !== undefined && below(firstSagaIdAt(Date.now() - filter.olderThanMs)),
    ids && between(ids),
    filter.after !== undefined && below(filter.after),
  ].filter(Boolean)
  const from = attribute ? 'saga_attributes a join sagas s on s.saga_id = a.saga_id' : 'sagas s'
  return {
    text: `select ${columns} from ${from} ${where.length > 0 ? `where ${where.join(' and ')}` : ''} order by ${id} desc limit ${value(limit)}`,
    values,
  }
}

export async function findSaga(pool: Pick<Pool, 'query'>, sagaId: string): Promise<Saga | undefined> {
  const { rows } = await pool.query(`select ${columns} from sagas s where s.saga_id = $1`, [sagaId])
  return rows.map(sagaOf)[0]
}

const columns =
  's.saga_id, s.state, s.overdue, s.ending, s.began_at, s.last_at, s.settled_at, s.last_event, s.last_step, s.error_code, s.attributes, s.events'

const sagaOf = (row: any): Saga => ({
  ...{ sagaId: row.saga_id, state: row.state, overdue: row.overdue, ending: row.ending, events: row.events },
  ...{ beganAt: row.began_at.toISOString(), lastAt: row.last_at.toISOString() },
  ...{ settledAt: row.settled_at?.toISOString() ?? null, lastEvent: row.last_event, lastStep: row.last_step },
  ...{ errorCode: row.error_code, attributes: row.attributes },
})
