import type { ClientBase } from 'pg'
import type { Act } from '../core/act.ts'
import type { UnreadableLetter } from '../core/close-unreadable.ts'
import { sagaIdOfLetter } from './bury-undeliverable.ts'

/** Locks and reads what stands of the records that nobody could read and that the acts name. */
export async function loadUnreadable(tx: ClientBase, acts: readonly Act[]): Promise<Map<string, UnreadableLetter>> {
  const ids = [...new Set(acts.filter(act => act.letter.sagaId === null).map(act => act.letter.id))]
  if (ids.length === 0) return new Map()
  const found = await tx.query({
    name: 'load-unreadable',
    text: `select message_id, kind, deaths, error_code from saga.waiting
           where saga_id is null and message_id = any($1) order by message_id for update`,
    values: [ids],
  })
  const rows = new Map(found.rows.map(row => [row.message_id as string, row]))
  return new Map(
    ids.map(id => {
      const { kind: stands, deaths = 0, error_code: errorCode = null } = rows.get(id) ?? {}
      return [id, { stands, deaths, errorCode, outboxSagaId: sagaIdOfLetter(id) }]
    }),
  )
}
