import type { ClientBase } from 'pg'
import { columnsBy, recordset, storableText } from 'saga-kit/parts'

export interface BrokenInvariant {
  readonly sagaId: string
  readonly invariant: string
  readonly says: readonly string[]
}
/** Of one saga and invariant; an event may have a long id, and a saga many events. */
const [mostTexts, longestText] = [10, 1_000]

const rows = recordset(
  columnsBy<BrokenInvariant>({
    'saga_id uuid': row => row.sagaId,
    'invariant text': row => row.invariant,
    'says text[]': row =>
      row.says.slice(0, mostTexts).map(text => storableText(text.slice(0, longestText).toWellFormed())),
  }),
)

/** What is broken of these sagas now, instead of what was. */
export async function saveBroken(
  tx: ClientBase,
  sagaIds: readonly string[],
  broken: readonly BrokenInvariant[],
): Promise<void> {
  await tx.query({
    name: 'mended-invariants',
    text: `delete from broken_invariants where saga_id = any($1::uuid[])
             and not (saga_id, invariant) in (select * from unnest($2::uuid[], $3::text[]))`,
    values: [sagaIds, broken.map(({ sagaId }) => sagaId), broken.map(({ invariant }) => invariant)],
  })
  await tx.query('update watch_state set checked = checked + $1', [sagaIds.length])
  if (broken.length === 0) return
  await tx.query({
    name: 'save-broken',
    text: `insert into broken_invariants (saga_id, invariant, says, found_at)
           select ${rows.select}, now() from ${rows.from}
           on conflict (saga_id, invariant) do update set says = excluded.says`,
    values: rows.values(broken),
  })
}
