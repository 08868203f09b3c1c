import type { Pool } from 'pg'
import { z } from 'zod'
import { isSagaId } from '../core/ids.ts'
import type { Rules } from '../core/rules.ts'
import { type QueryRoute, queryRoute } from '../http/routes.ts'
import type { Codec } from '../kafka/codec.ts'
import type { Participant } from '../participant.ts'
import { findLetters, readLetterRow } from '../postgres/find-letters.ts'
import { findMessage } from '../postgres/find-message.ts'
import { listActs } from '../postgres/list-acts.ts'
import { countWaiting, listWaiting, listWaitingOf } from '../postgres/list-waiting.ts'
import { readSaga } from '../postgres/read-saga.ts'
import { actPage, letterDetail, letterPage, messageState, sagaState, status, waitingPage } from './contract.ts'
import { cursor, pageOf } from './cursor.ts'
import { letterInFull } from './letter-in-full.ts'
import { stateOf } from './message-state.ts'
import { actView, letterView, messageView, stepView } from './views.ts'

export interface ReadOptions {
  readonly participant: Participant
  /** Connections that do not hold up what takes messages. */
  readonly reads: Pool
  readonly rules: Rules
  readonly codec: Codec
  /** What holds the service up at the moment. */
  readonly paused: () => readonly string[]
}

const sagaId = z.string().refine(isSagaId, 'is no saga id: a UUIDv7 in lower case')
const limit = z.coerce.number().int().min(1).max(500).default(100)
const named = z.object({ id: z.string().min(1).max(1_200), sagaId: sagaId.optional() })
const place = z.tuple([z.int(), z.int32()])
const diedPlace = z.tuple([z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/), z.int(), z.int32()])
const kind = z.enum(['timer', 'retry', 'parked', 'calling', 'dead'])

/** What stands in this participant's tables, for whoever runs it. */
export function readRoutes(o: ReadOptions): QueryRoute[] {
  const { participant, reads, rules } = o
  return [
    queryRoute({
      ...{ method: 'GET', path: '/admin/status', response: status },
      async read() {
        const { now, ...counted } = await countWaiting(reads)
        const horizonMs = Number.isFinite(rules.horizonMs) ? rules.horizonMs : null
        return { ...counted, now: now.toISOString(), service: rules.service, horizonMs, paused: [...o.paused()] }
      },
    }),
    queryRoute({
      ...{ method: 'GET', path: '/admin/letters', response: letterPage },
      query: z.object({
        step: z.string().optional(),
        error: z.string().optional(),
        since: z.iso
          .datetime({ offset: true })
          .transform(text => new Date(text))
          .optional(),
        sagaId: sagaId.optional(),
        after: cursor(diedPlace).optional(),
        limit,
      }),
      async read({ query }) {
        const found = await findLetters(reads, { ...query, limit: query.limit + 1 })
        const { page, next } = pageOf(found, query.limit)
        return { letters: page.map(row => letterView(row, rules)), next }
      },
    }),
    queryRoute({
      ...{ method: 'GET', path: '/admin/letter', response: letterDetail, query: named },
      async read({ query }) {
        const row = await readLetterRow(reads, { id: query.id, sagaId: query.sagaId ?? null })
        if (!row) return undefined
        const [, seq, n] = row.place
        const behind = row.sagaId === null ? [] : await listWaitingOf(reads, row.sagaId, [seq, n])
        return { ...letterView(row, rules), ...(await letterInFull(o, row)), behind: behind.map(messageView) }
      },
    }),
    queryRoute({
      ...{ method: 'GET', path: '/admin/message', response: messageState, query: named },
      read: async ({ query }) => stateOf(await findMessage(reads, { id: query.id, sagaId: query.sagaId ?? null })),
    }),
    queryRoute({
      ...{ method: 'GET', path: '/admin/sagas/:sagaId', response: sagaState, params: z.object({ sagaId }) },
      async read({ params }) {
        const found = await readSaga(reads, params.sagaId, rules.letterTopic)
        if (!found) return undefined
        return {
          ...{ service: rules.service, sagaId: params.sagaId, createdAt: found.createdAt.toISOString() },
          log: found.log.map(row => stepView(row, params.sagaId, participant.states)),
          waiting: found.waiting.map(messageView),
          unpublished: found.unpublished.map(row => ({ ...row, createdAt: row.createdAt.toISOString() })),
          acts: found.acts.map(actView),
        }
      },
    }),
    queryRoute({
      ...{ method: 'GET', path: '/admin/waiting', response: waitingPage },
      query: z.object({ kind: kind.optional(), after: cursor(place).optional(), limit }),
      async read({ query }) {
        const { page, next } = pageOf(await listWaiting(reads, { ...query, limit: query.limit + 1 }), query.limit)
        return { messages: page.map(messageView), next }
      },
    }),
    queryRoute({
      ...{ method: 'GET', path: '/admin/acts', response: actPage },
      query: z.object({ after: cursor(place).optional(), limit }),
      async read({ query }) {
        const { page, next } = pageOf(await listActs(reads, { ...query, limit: query.limit + 1 }), query.limit)
        return { acts: page.map(actView), next }
      },
    }),
  ]
}
