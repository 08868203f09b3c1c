import { TargetUnreachable } from '../errors.ts'

/** What a socket says that never got a connection. */
const noConnection = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
  // fetch: no connection within its connect timeout.
  'UND_ERR_CONNECT_TIMEOUT',
])

/**
 * Why a call could not reach its target, or undefined when it may have done something (rule 23). A timeout, a broken pipe
 * or a reset come from a connection that was there: what was sent through it may have arrived.
 */
export function unreachableBy(error: unknown): { readonly message: string; readonly isCertain: boolean } | undefined {
  if (error instanceof TargetUnreachable) return { message: error.message, isCertain: true }
  const codes = codesOf(error)
  if (!codes) return undefined
  const text = error instanceof Error ? error.message : String(error)
  // A client that repeats by itself tells the end of its last try only, whatever became of the first: a doubt remains.
  return { message: codes.some(code => text.includes(code)) ? text : `${text} (${codes.join(', ')})`, isCertain: false }
}

/** Undefined unless every attempt that this error tells of ended without a connection. */
function codesOf(error: unknown, depth = 0): string[] | undefined {
  if (!(error instanceof Error) || depth > 5) return undefined
  if (error instanceof AggregateError && error.errors.length > 0) {
    const each = error.errors.map(one => codesOf(one, depth + 1))
    return each.every(codes => codes !== undefined) ? [...new Set(each.flat())] : undefined
  }
  const { code = '', syscall } = error as NodeJS.ErrnoException
  if (noConnection.has(code) || (code === 'ETIMEDOUT' && syscall === 'connect'))
    // A host can become unreachable behind a connection that is open: then it is a read or a write that says so.
    return syscall === 'read' || syscall === 'write' ? undefined : [code]
  return codesOf(error.cause, depth + 1)
}
