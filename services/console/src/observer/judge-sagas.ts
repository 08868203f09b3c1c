import type { PoolClient } from 'pg'
import { countSagas } from './count-sagas.ts'
import { type JudgedBy, type Judgement, judge, type SeenEvent, type Settlement } from './judge.ts'
import { loadEvents, loadOpenLetters, type Standing } from './load-sagas.ts'
import { insertSagas, type JudgedSaga, updateSagas } from './save-sagas.ts'

/** A saga that has just been judged, with all its events, for whoever else wants to know. */
export interface Seen {
  readonly sagaId: string
  readonly events: readonly SeenEvent[]
  readonly judgement: Judgement
}

/** Judges sagas anew by all that is known of them, and keeps what is found. They are locked, or not there yet. */
export async function judgeSagas(
  client: PoolClient,
  o: JudgedBy & {
    readonly sagaIds: readonly string[]
    readonly standing: ReadonlyMap<string, Standing>
    /** Those that have just been asked for. */
    readonly settlements?: ReadonlyMap<string, Settlement>
    /** Those that have just been read. */
    readonly attributes?: ReadonlyMap<string, Readonly<Record<string, string>>>
  },
): Promise<Seen[]> {
  const { sagaIds, standing } = o
  // One after the other on one connection, but sent together.
  const [events, letters] = await Promise.all([loadEvents(client, sagaIds), loadOpenLetters(client, sagaIds)])
  const judged = sagaIds.map((sagaId): JudgedSaga & Seen => {
    const before = standing.get(sagaId)
    const settlement = o.settlements?.get(sagaId) ?? before?.settlement ?? null
    const seen = { events: events.get(sagaId) ?? [], letters: letters.get(sagaId) ?? [], settlement }
    const attributes = { ...before?.attributes, ...o.attributes?.get(sagaId) }
    const judgement = judge(seen, o)
    const askInMs = o.settlements ? askLess(judgement, seen.events) : judgement.askInMs
    return { sagaId, judgement, settlement, attributes, askInMs, events: seen.events }
  })
  await Promise.all([
    updateSagas(
      client,
      judged.filter(({ sagaId }) => standing.has(sagaId)),
    ),
    insertSagas(
      client,
      judged.filter(({ sagaId }) => !standing.has(sagaId)),
    ),
  ])
  await countSagas(
    client,
    judged.map(({ sagaId, judgement }) => ({ sagaId, from: standing.get(sagaId) ?? null, to: judgement })),
  )
  return judged
}

/**
 * Of one that was asked for just now: the longer it has been quiet, the later. By our own clock, too: an event from the future
 * would have its saga asked for every second for ever.
 */
export function askLess(
  { askInMs, lastAt }: Pick<Judgement, 'askInMs' | 'lastAt'>,
  events: readonly Pick<SeenEvent, 'seenAt'>[],
): number | null {
  const lastSeenMs = events.reduce((last, { seenAt }) => Math.max(last, seenAt.getTime()), 0)
  const quietMs = lastAt ? Date.now() - Math.min(lastAt.getTime(), lastSeenMs) : 0
  return askInMs === null ? null : Math.max(askInMs, Math.min(Math.max(quietMs, 1_000), 600_000))
}
