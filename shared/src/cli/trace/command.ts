import type { Context } from '../context.ts'
import { type ExitCode, exit } from '../exit.ts'
import { askAll, findParticipants, type Participants } from '../participants.ts'
import type { Answer } from './awaited.ts'
import { traceText } from './lines.ts'
import { type Trace, traceOf } from './trace-of.ts'

/** `saga trace`: what happened in a saga over all services, and what it waits for. Its exit code is the verdict. */
export async function trace(context: Context, sagaId: string): Promise<ExitCode> {
  const { terminal } = context
  const found = await readTrace(await findParticipants(context), sagaId)
  terminal.out(context.json ? JSON.stringify(found) : traceText(found, new Date(), terminal))
  return exitOf[found.verdict]
}

const exitOf: Record<Trace['verdict'], ExitCode> = {
  settled: exit.fine,
  blocked: exit.found,
  'not-found': exit.usage,
  unknown: exit.unreachable,
  open: exit.open,
}

export async function readTrace({ admins, declared, silent }: Participants, sagaId: string): Promise<Trace> {
  const asked = await askAll(admins, admin => admin.saga(sagaId))
  const answers = new Map<string, Answer>()
  for (const { service, why } of [...silent, ...asked.silent]) answers.set(service, { kind: 'silent', why })
  for (const { service, answer } of asked.answers)
    answers.set(service, answer ? { kind: 'knows', state: answer } : { kind: 'never-seen' })
  return traceOf(sagaId, declared, answers, new Date())
}
