import pg from 'pg'
import { RunAgain } from '../postgres/run-again.ts'

/**
 * What a transaction that did not commit calls for (rule 29). Judged by how the transaction ended, never by what a
 * handler said: a handler's own ECONNREFUSED is its message's fault, the database's is nobody's.
 */
export type Trouble =
  /** The database is away, full, read-only or stuck: wait, and count nothing. */
  | {
      readonly kind: 'infrastructure'
      /** The connection broke: a handler that holds up the process for seconds does that too (25P03), or a row that crashes its backend. */
      readonly connectionLost: boolean
    }
  /** A deadlock or a serialization failure: the same batch again, at once. */
  | { readonly kind: 'again' }
  /** A statement ran out of time: infrastructure, unless a message alone does it while the database is well. */
  | { readonly kind: 'timeout' }
  /** The database refuses what the batch wants to write. */
  | { readonly kind: 'refused'; readonly code: string; readonly constraint: string | undefined }

const infrastructureStates = /^(08|28|53|57P|58)|^(25006|25P03|55P03|3D000)$/
/** A table, column or function that is not there, or a right that was taken away: the deployment's fault, since the SQL is the engine's. */
const deploymentStates = /^(42501|42P01|42703|42883|3F000)$/

/** `ownSql`: the batch is a message with a sql handler, whose statements may be wrong by themselves. */
export function troubleOf(error: unknown, ownSql = false): Trouble {
  if (error instanceof RunAgain) return { kind: 'again' }
  if (error instanceof pg.DatabaseError) {
    const { code = 'XX000', constraint, severity } = error
    if (code === '40P01' || code === '40001') return { kind: 'again' }
    if (code === '57014') return { kind: 'timeout' }
    // FATAL: the server ended the session or would not begin it (55000: the database takes no connections). No row does that.
    if (severity === 'FATAL' || infrastructureStates.test(code) || (deploymentStates.test(code) && !ownSql))
      return { kind: 'infrastructure', connectionLost: /^(08|57P)|^25P03$/.test(code) }
    return { kind: 'refused', code, constraint }
  }
  if (isConnectionLoss(error)) return { kind: 'infrastructure', connectionLost: true }
  return { kind: 'refused', code: 'engine', constraint: undefined }
}

/** node-postgres has no code for these; Node's socket errors have. */
const lossMessages =
  /Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after|not queryable|connection timeout/i

function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError) return error.errors.some(isConnectionLoss)
  const { code } = error as NodeJS.ErrnoException
  return /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_)/.test(code ?? '') || lossMessages.test(error.message)
}
