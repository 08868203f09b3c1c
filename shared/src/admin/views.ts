import { type NeedsForce, needsForce } from '../core/needs-force.ts'
import type { Rules } from '../core/rules.ts'
import type { StoredLetter } from '../postgres/find-letters.ts'
import type { StoredAct } from '../postgres/list-acts.ts'
import type { StoredMessage } from '../postgres/list-waiting.ts'
import type { StoredStep } from '../postgres/read-saga.ts'
import type { States } from '../states.ts'
import type { Act, Letter, LoggedStep, WaitingMessage } from './contract.ts'

/** Rows of the tables as the contract says them; what the contract does not name is left out by its schemas. */
export function letterView(row: StoredLetter, rules: Pick<Rules, 'service' | 'owesNothing'>): Letter {
  return {
    ...row,
    service: rules.service,
    needsForce: forceFor(row, rules),
    firstFailedAt: row.firstFailedAt.toISOString(),
    diedAt: row.diedAt.toISOString(),
  }
}

function forceFor(row: StoredLetter, rules: Pick<Rules, 'owesNothing'>): NeedsForce | null {
  const { direction, messageType, request } = row
  return direction && messageType ? needsForce({ direction, messageType, request }, rules) : null
}

export const messageView = (row: StoredMessage): WaitingMessage & { readonly sagaId: string | null } => ({
  ...row,
  dueAt: row.dueAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
})
export const actView = (row: StoredAct): Act => ({ ...row, at: row.at.toISOString() })
export const stepView = (row: StoredStep, sagaId: string, states: States): LoggedStep => ({
  ...row,
  emitted: [...row.emitted],
  rows: row.images.map(({ table, before, after }) => ({
    ...{ table: states[table]?.table ?? table, key: sagaId },
    ...{ before, after },
  })),
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})
