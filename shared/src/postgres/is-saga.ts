/**
 * The saga in $1, or none. Two texts: with `is not distinct from` for both, PostgreSQL reads the whole table instead of an
 * index. The second names $1 too, whose type would be unknown otherwise.
 */
export const isSaga = (sagaId: string | null) =>
  sagaId === null ? 'saga_id is null and $1::uuid is null' : 'saga_id = $1::uuid'
