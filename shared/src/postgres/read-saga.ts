import type { Pool } from 'pg'
import { type Image, imagesInFull } from '../core/images.ts'
import type { Status } from '../core/saga.ts'
import { listActsOf, type StoredAct } from './list-acts.ts'
import { listWaitingOf, type StoredMessage } from './list-waiting.ts'
import { inSnapshot } from './snapshot.ts'

export interface StoredStep {
  readonly step: string
  readonly direction: 'action' | 'compensation'
  readonly operation: string
  readonly status: Status
  readonly messageId: string
  readonly messageType: string
  readonly emitted: readonly string[]
  readonly images: readonly Image[]
  readonly errorCode: string | null
  readonly attempts: number
  readonly createdAt: Date
  readonly updatedAt: Date
}
export interface StoredSaga {
  readonly createdAt: Date
  readonly log: readonly StoredStep[]
  readonly waiting: readonly StoredMessage[]
  readonly unpublished: readonly {
    readonly id: string
    readonly type: string
    readonly topic: string
    readonly createdAt: Date
  }[]
  readonly acts: readonly StoredAct[]
}

/**
 * A saga as it stands here; undefined when it is unknown. All in one snapshot: a step that commits between two looks would
 * be seen unfinished in the one and gone from the other, and the saga would look settled.
 */
export function readSaga(pool: Pool, sagaId: string, letterTopic: string): Promise<StoredSaga | undefined> {
  return inSnapshot(pool, async tx => {
    const saga = await tx.query('select created_at as "createdAt" from saga.sagas where saga_id = $1::uuid', [sagaId])
    const [found] = saga.rows
    if (!found) return undefined
    const log = await tx.query(
      `select step, direction, operation, status, payload->>'id' as "messageId", payload->>'type' as "messageType",
         coalesce(payload->'emitted', '[]') as emitted, coalesce(images, '[]') as images, error_code as "errorCode", attempts, created_at as "createdAt", updated_at as "updatedAt"
       from saga.saga_log where saga_id = $1::uuid order by created_at, step, direction`,
      [sagaId],
    )
    const outbox = await tx.query(
      `select headers->>'ce_id' as id, headers->>'ce_type' as type, topic, created_at as "createdAt" from saga.outbox
       where saga_id = $1::uuid and topic <> $2 order by seq, n`,
      [sagaId, letterTopic],
    )
    const waiting = await listWaitingOf(tx, sagaId)
    return {
      ...{ createdAt: found.createdAt, waiting, unpublished: outbox.rows },
      log: imagesInFull<StoredStep>(log.rows),
      acts: await listActsOf(tx, sagaId),
    }
  })
}
