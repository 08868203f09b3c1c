import type { Message } from '../messages.ts'
import type { ReactionDefinition, Read } from '../reaction.ts'
import { type Grant, type LoadedTable, openViews } from './views.ts'

/** The keys that one `reads` names, given what the ones before it loaded. The key function is the participant's: it may throw. */
export function keysOf(read: Read, message: Message, before: readonly Grant[]): readonly string[] {
  return read.keys(message, openViews(before).views).map(String)
}

/**
 * The grants of a message on the tables as the batch has left them so far, or undefined when a key was not loaded as it needs it:
 * then the message waits for the next round, a transaction of its own (rule 5).
 */
export function grantsOf(
  reaction: ReactionDefinition,
  message: Message,
  tables: ReadonlyMap<string, LoadedTable>,
  nextRound: boolean,
): Grant[] | undefined {
  const grants: Grant[] = []
  for (const read of reaction.reads) {
    const grant = { table: tables.get(read.state)!, access: read.access, keys: keysOf(read, message, grants) }
    if (nextRound && !isLoaded(grant)) return undefined
    grants.push(grant)
  }
  return grants
}

function isLoaded({ table, access, keys }: Grant): boolean {
  for (const key of keys) if (!table.atLoad.has(key) || (access === 'lock' && table.unlocked.has(key))) return false
  return true
}
