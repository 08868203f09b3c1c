import { hash } from 'node:crypto'
import type { Row } from '../../core/views.ts'
import type { SimulatedDatabase } from './database.ts'
import type { ExploredWorld } from './explored-world.ts'

/** Nothing is on its way and nothing will become due: only somebody's wish could move it. */
export function isAtRest({ queues, services }: ExploredWorld): boolean {
  if ([...queues.values()].some(queue => queue.length > 0)) return false
  return [...services.values()].every(
    ({ database: { outbox, sagas } }) =>
      outbox.size === 0 &&
      [...sagas.values()].every(({ waiting }) => [...waiting.values()].every(row => row.dueAtMs === null)),
  )
}

/** The same for two states that nobody in them could tell apart. */
export function digestOf({ services, queues, wishes, copies, crashes, taken }: ExploredWorld): string {
  const databases = [...services.values()].map(({ database }) => textOf(database))
  const waiting = [...queues].filter(([, queue]) => queue.length > 0).sort(([a], [b]) => (a < b ? -1 : 1))
  const onTheWay = waiting.map(([place, queue]) => `${place}: ${queue.map(({ event }) => event).join()}`)
  // Whether something was taken before matters only as long as it can come again.
  const again = copies > 0 ? [...taken.keys()].sort() : []
  const rest = [onTheWay.join('|'), [...wishes].sort().join(), copies, crashes, again.join()]
  return hash('sha1', [...databases, ...rest].join('\n'), 'base64')
}

const texts = new WeakMap<SimulatedDatabase, string>()

/** Most transitions leave most databases as they are. */
function textOf(database: SimulatedDatabase): string {
  const known = texts.get(database)
  if (known !== undefined) return known
  const sagas = [...database.sagas].sort(byKey).map(([id, { log, waiting }]) => {
    const fence = [...log]
      .sort(byKey)
      .map(([step, row]) => [step, row.status, row.messageId, row.attempts, ...row.endedIds])
    const queue = [...waiting.values()]
      .sort((a, b) => a.seq - b.seq || a.n - b.n)
      .map(row => [row.id, row.kind, row.attempts, row.dueAtMs === null])
    return [id, fence, queue]
  })
  const tables = [...database.tables].map(([name, { rows }]) => [
    name,
    [...rows].sort(byKey).map(([, row]) => timeless(row)),
  ])
  const outbox = [...database.outbox.values()]
    .sort((a, b) => a.seq - b.seq || a.n - b.n)
    .map(row => [row.headers.ce_id, row.deferred, row.sagaId])
  const text = JSON.stringify([sagas, tables, outbox])
  texts.set(database, text)
  return text
}

/** When something happened decides nothing: only whether it did. */
const timeless = (row: Row) =>
  Object.fromEntries(Object.entries(row).map(([field, value]) => [field, value instanceof Date ? 'then' : value]))
const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1)
