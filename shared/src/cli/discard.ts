import { discard as discardAt } from '../operating/discard.ts'
import { findLetter } from '../operating/letters.ts'
import type { Context } from './context.ts'
import { type ExitCode, exit, Failure, wrongUsage } from './exit.ts'
import { letterTable } from './list.ts'
import { findParticipants } from './participants.ts'

export interface DiscardOptions {
  readonly reason: string
  readonly force?: boolean | undefined
  readonly yes?: boolean | undefined
  readonly service?: readonly string[] | undefined
  readonly saga?: string | undefined
}

const leastReason = 3

/** `saga dlq discard`: gives a message up, for a reason that is kept with it (rule 20). */
export async function discard(context: Context, id: string, options: DiscardOptions): Promise<ExitCode> {
  const { terminal, settings } = context
  const { reason, force = false } = options
  if (reason.trim().length < leastReason)
    throw wrongUsage(
      `--reason ${JSON.stringify(reason)} says nothing: give at least ${leastReason} characters, since whoever finds that something is missing will ask`,
    )
  const participants = await findParticipants(context, options.service)
  const found = await findLetter(settings, participants, { ...options, ids: [id] })
  const { service, sagaId, deaths } = found
  terminal.err(letterTable([found], terminal.columns))
  if (!options.yes) {
    if (!terminal.canAsk) throw wrongUsage('a discard asks first, and there is nobody to ask: give --yes')
    if (!(await terminal.ask('Give it up? What it should have done will not be done.'))) {
      terminal.err('nothing was discarded')
      return exit.fine
    }
  }
  const owner = participants.admins.find(admin => admin.service === service)!
  const { operator } = settings
  const result = await discardAt(owner, { id, sagaId, deaths }, { operator, reason, force })
  if (context.json) terminal.out(JSON.stringify({ service, ...result }))
  switch (result.result) {
    case 'done':
      if (!context.json) terminal.out(`discarded ${id} at ${service}`)
      return exit.fine
    case 'already':
      if (!context.json) terminal.out(`there is nothing to discard: ${result.detail ?? 'it is done'}`)
      return exit.fine
    case 'needs-force':
      throw new Failure(
        exit.found,
        `not discarded: ${result.detail}. If that is right, give --force; the audit names it for ever`,
      )
    default:
      throw new Failure(exit.found, `not discarded: ${result.detail ?? result.result}`)
  }
}
