import type { ClientBase } from 'pg'

/** What has changed, for whoever shows it, at this instance or another. */
export type Change =
  | { readonly kind: 'sagas'; readonly sagaIds: readonly string[]; readonly more: boolean }
  | { readonly kind: 'letters' | 'declarations' | 'health' }
  | { readonly kind: 'plan'; readonly planId: string }

export const changesChannel = 'console_changes'

/** A notification takes 8,000 bytes. */
const mostIds = 180

/** Heard by all instances when the transaction commits (https://www.postgresql.org/docs/current/sql-notify.html). */
export async function tellChange(client: Pick<ClientBase, 'query'>, change: Change): Promise<void> {
  const text = JSON.stringify(
    change.kind === 'sagas' && change.sagaIds.length > mostIds
      ? { ...change, sagaIds: change.sagaIds.slice(0, mostIds), more: true }
      : change,
  )
  await client.query({ name: 'tell-change', text: 'select pg_notify($1, $2)', values: [changesChannel, text] })
}
