import { Refusal } from '../admin.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exit, Failure } from '../exit.ts'
import type { Participants } from '../participants.ts'
import { dryRunText, wouldEnd } from './dry-run-lines.ts'
import { insist } from './insist.ts'
import { bySaga, type Plan } from './plan.ts'

/**
 * Tries the first letters of the plan in transactions that are rolled back. Each by itself: what an earlier letter of the
 * same saga would change in another service is not there yet.
 */
export async function dryRun(
  { terminal, json }: Context,
  { plan, participants }: { readonly plan: Plan; readonly participants: Participants },
  sample: number,
): Promise<ExitCode> {
  // The first letter of each saga says most: what comes behind it may need what it does.
  const sagas = bySaga(plan.letters)
  const inTurn = [...sagas.map(([first]) => first!), ...sagas.flatMap(([, ...rest]) => rest)]
  const letters = inTurn.slice(0, sample)
  let wouldFail = 0
  for (const letter of letters) {
    const { service, id, sagaId, deaths } = letter
    const owner = participants.admins.find(admin => admin.service === service)
    if (!owner) throw new Failure(exit.unreachable, `${service} has no admin listener that is known`)
    const rehearse = () => owner.dryRun({ id, sagaId, deaths })
    const found = await insist(service, rehearse, { patienceMs: 15_000 }).catch(error => {
      throw new Failure(exit.unreachable, error instanceof Refusal ? `${service} ${error.message}` : error.message)
    })
    if (!wouldEnd(letter, found)) wouldFail++
    if (json) terminal.out(JSON.stringify({ entry: 'dry-run', service, id, sagaId, deaths, found }))
    else terminal.out(`\n${dryRunText(letter, found, terminal)}`)
  }
  const of = letters.length < plan.letters.length ? ` of ${plan.letters.length}, the rest is not (--sample)` : ''
  const fails = wouldFail > 0 ? `${wouldFail} would not be done` : 'all would be done'
  terminal.err(`\nletters tried: ${letters.length}${of}; ${fails}. Nothing was changed.`)
  return wouldFail > 0 ? exit.found : exit.fine
}
