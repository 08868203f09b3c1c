import { askAll, type Participants } from '../participants.ts'
import type { Answer } from './awaited.ts'
import { type Trace, traceOf } from './trace-of.ts'

/** What happened in a saga over all services that answer, and what it waits for. @param timeoutMs how long each has for its answer */
export async function readTrace(
  { admins, declared, silent }: Participants,
  sagaId: string,
  timeoutMs?: number,
): Promise<Trace> {
  // Before anybody answers: one may have to be waited for, and what others did meanwhile is not in their answers.
  const at = new Date()
  const asked = await askAll(admins, admin => admin.saga(sagaId, timeoutMs))
  const answers = new Map<string, Answer>()
  for (const { service, why } of [...silent, ...asked.silent]) answers.set(service, { kind: 'silent', why })
  for (const { service, answer } of asked.answers)
    answers.set(service, answer ? { kind: 'knows', state: answer } : { kind: 'never-seen' })
  return traceOf(sagaId, declared, answers, at)
}
