import type { FoundMessage } from '../postgres/find-message.ts'
import type { MessageState } from './contract.ts'

/** Where a message stands, or how it ended. One that others made needless has ended, though no step names it. */
export function stateOf(found: FoundMessage): MessageState {
  const { kind, deaths, attempts, dueAt, errorCode, errorMessage, status, wasHandled } = found
  const about = { deaths: deaths ?? 0, attempts: attempts ?? 0, dueAt: dueAt?.toISOString() ?? null }
  if (kind !== null && kind !== 'tombstone') return { state: kind, ...about, errorCode, errorMessage, status: null }
  if (kind === 'tombstone') return { state: 'ended', ...about, errorCode, errorMessage, status: 'discarded' }
  return { state: status !== null || wasHandled ? 'ended' : 'unknown', ...about, errorCode, errorMessage, status }
}
