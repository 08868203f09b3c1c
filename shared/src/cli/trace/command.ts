import { readTrace } from '../../operating/trace/read-trace.ts'
import type { Trace } from '../../operating/trace/trace-of.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exit } from '../exit.ts'
import { findParticipants } from '../participants.ts'
import { traceText } from './lines.ts'

export interface TraceOptions {
  /** With the saga's own rows, before and after each step. */
  readonly rows?: boolean
}

/** `saga trace`: what happened in a saga over all services, and what it waits for. Its exit code is the verdict. */
export async function trace(context: Context, sagaId: string, options: TraceOptions): Promise<ExitCode> {
  const { terminal } = context
  const found = await readTrace(await findParticipants(context), sagaId)
  terminal.out(context.json ? JSON.stringify(found) : traceText(found, terminal, options))
  return exitOf[found.verdict]
}

const exitOf: Record<Trace['verdict'], ExitCode> = {
  settled: exit.fine,
  blocked: exit.found,
  'not-found': exit.usage,
  unknown: exit.unreachable,
  open: exit.open,
}
