import type { ClientBase } from 'pg'
import type { SeenEvent, SeenLetter, Settlement } from './judge.ts'

/** A saga's row as it stood before this transaction. */
export interface Standing {
  readonly state: string
  readonly ending: string | null
  readonly settlement: Settlement | null
  readonly attributes: Readonly<Record<string, string>>
  readonly events: number
}

/** In their order, so that transactions wait for each other instead of locking each other out. */
export async function lockSagas(client: ClientBase, sagaIds: readonly string[]): Promise<Map<string, Standing>> {
  const { rows } = await client.query({
    name: 'lock-sagas',
    text: `select saga_id, state, ending, asked_at, said_ending, said_settled_at, attributes, events from sagas
      where saga_id = any($1::uuid[]) order by saga_id for update`,
    values: [sagaIds],
  })
  return new Map(
    rows.map(row => [
      row.saga_id,
      {
        ...{ state: row.state, ending: row.ending, attributes: row.attributes, events: row.events },
        settlement: row.asked_at && {
          ...{ askedAt: row.asked_at, ending: row.said_ending, settledAt: row.said_settled_at },
        },
      },
    ]),
  )
}

export async function loadEvents(client: ClientBase, sagaIds: readonly string[]): Promise<Map<string, SeenEvent[]>> {
  const { rows } = await client.query({
    name: 'load-events',
    text: `select saga_id, id, source, service, type, topic, "offset", at, seen_at, step, direction, causation_id, differs
      from events where saga_id = any($1::uuid[])`,
    values: [sagaIds],
  })
  return Map.groupBy(
    rows.map(row => ({
      ...{ sagaId: row.saga_id as string, id: row.id, source: row.source, service: row.service },
      ...{ type: row.type, topic: row.topic },
      ...{ offset: row.offset, at: row.at, seenAt: row.seen_at, step: row.step, direction: row.direction },
      ...{ causationId: row.causation_id, differs: row.differs },
    })),
    event => event.sagaId,
  )
}

export async function loadOpenLetters(
  client: ClientBase,
  sagaIds: readonly string[],
): Promise<Map<string, SeenLetter[]>> {
  const { rows } = await client.query({
    name: 'load-open-letters',
    text: `select saga_id, step, error_code, died_at from letters where saga_id = any($1::uuid[]) and status = 'open'`,
    values: [sagaIds],
  })
  return Map.groupBy(
    rows.map(row => ({
      sagaId: row.saga_id as string,
      step: row.step,
      errorCode: row.error_code,
      diedAt: row.died_at,
    })),
    letter => letter.sagaId,
  )
}
