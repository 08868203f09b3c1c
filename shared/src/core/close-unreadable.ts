import type { Act } from './act.ts'
import type { Decision } from './decision.ts'
import type { Delivery } from './delivery.ts'
import { toLetterTopic } from './fail.ts'
import { judge } from './fence.ts'
import { marker } from './letter.ts'
import { ofAnotherDeath } from './other-death.ts'

/** What stands here of a record that nobody could read (rule 21). */
export interface UnreadableLetter {
  readonly stands: 'dead' | 'tombstone' | undefined
  readonly deaths: number
  readonly errorCode: string | null
  /** Its letter's place in the outbox: behind it go its markers. */
  readonly outboxSagaId: string
}

/**
 * Such a letter is closed: replayed, when the record could be read by now and has been processed; or discarded, which
 * leaves a tombstone, so that the record, delivered again, makes no new letter.
 */
export function closeUnreadable(decision: Decision, act: Act, found: UnreadableLetter): void {
  const { id } = act.letter
  const { stands, deaths, errorCode, outboxSagaId } = found
  const close = (status: 'replayed' | 'discarded', how: 'forget' | 'tombstone') => {
    decision.unreadableClosed.push({ id, how })
    toLetterTopic(decision, outboxSagaId, id, marker(id, act.letter.deaths, status, null))
    decision.acts(act, 'done', { errorCode })
  }
  if (stands === 'tombstone') return decision.acts(act, 'already', { detail: 'it was discarded' })
  if (stands === 'dead' && deaths !== act.letter.deaths && decision.rules.safeguards.deathsGuard)
    return ofAnotherDeath(decision, act, found)
  if (act.act === 'discard') return stands ? close('discarded', 'tombstone') : decision.acts(act, 'unknown')
  if (act.act === 'restore' && stands) return decision.acts(act, 'changed', { detail: 'it stands here; look again' })
  if (act.act === 'replay' && !stands) return decision.acts(act, 'already', { detail: 'it is no letter any more' })
  // It was handed to the engine before. If nothing here knows of it, the database would not store it (`row-refused`).
  if (act.read && !isKnown(decision, act.read))
    return decision.acts(act, 'unreadable', { detail: 'it can be read, but the database still refuses to store it' })
  close('replayed', 'forget')
}

function isKnown(decision: Decision, read: Delivery): boolean {
  const saga = decision.loaded.sagas.get(read.sagaId)!
  const delivery: Delivery = { ...read, origin: { source: 'kafka' } }
  return judge(saga, delivery, decision.loaded.now.getTime(), decision.rules.safeguards).verdict === 'end'
}
