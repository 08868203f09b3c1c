import type { Participants } from '../../operating/participants.ts'
import type { Plan } from '../../operating/replay/plan.ts'
import { rehearse } from '../../operating/replay/rehearse.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exit } from '../exit.ts'
import { dryRunText } from './dry-run-lines.ts'

/** Tries the first letters of the plan, and tells of each what a replay would do. */
export async function dryRun(
  { terminal, json }: Context,
  { plan, participants }: { readonly plan: Plan; readonly participants: Participants },
  sample: number,
): Promise<ExitCode> {
  let tried = 0
  let wouldFail = 0
  for await (const { letter, found, wouldEnd } of rehearse(plan, participants, sample)) {
    const { service, id, sagaId, deaths } = letter
    tried++
    if (!wouldEnd) wouldFail++
    if (json) terminal.out(JSON.stringify({ entry: 'dry-run', service, id, sagaId, deaths, found }))
    else terminal.out(`\n${dryRunText(letter, found, terminal)}`)
  }
  const of = tried < plan.letters.length ? ` of ${plan.letters.length}, the rest is not (--sample)` : ''
  const fails = wouldFail > 0 ? `${wouldFail} would not be done` : 'all would be done'
  terminal.err(`\nletters tried: ${tried}${of}; ${fails}. Nothing was changed.`)
  return wouldFail > 0 ? exit.found : exit.fine
}
