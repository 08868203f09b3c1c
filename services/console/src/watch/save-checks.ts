import type { ClientBase } from 'pg'
import { arrayOf } from 'saga-kit/parts'

/** Topics are read beside each other: what belongs together has come by then, unless something is wrong. */
const graceMs = 30_000

/** Notes that these sagas are to be checked, once nothing new has come for a while. */
export async function saveChecks(tx: ClientBase, sagaIds: readonly string[], delayMs = graceMs): Promise<void> {
  await tx.query({
    name: 'save-checks',
    text: `insert into sagas_to_check (saga_id, check_at)
           select saga_id, now() + $2 * interval '1 ms' from unnest($1::uuid[]) as s (saga_id) order by saga_id
           on conflict (saga_id) do update set check_at = excluded.check_at`,
    values: [arrayOf('uuid', sagaIds), delayMs],
  })
}
