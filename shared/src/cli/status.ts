import type { Status } from '../admin/contract.ts'
import { askAll } from '../operating/participants.ts'
import type { Context } from './context.ts'
import { type ExitCode, exit, worst } from './exit.ts'
import { findParticipants, tellSilent } from './participants.ts'
import { type Column, table } from './table.ts'

/** `saga status`: what stands in each service. Ends with 1 if anything is dead or paused. */
export async function status(context: Context, options: { service?: readonly string[] }): Promise<ExitCode> {
  const { terminal } = context
  const participants = await findParticipants(context, options.service)
  const asked = await askAll(participants.admins, admin => admin.status())
  const services = asked.answers.map(({ answer }) => answer)
  const silent = [...participants.silent, ...asked.silent]
  if (context.json) terminal.out(JSON.stringify({ services, silent }))
  else if (services.length > 0) terminal.out(table(services, columns, terminal.columns))
  tellSilent(context, silent, 'how it stands is not known')
  const isFine = services.every(({ dead, paused }) => dead === 0 && paused.length === 0)
  return worst(silent.length > 0 ? exit.unreachable : exit.fine, isFine ? exit.fine : exit.found)
}

const number = (title: string, of: (row: Status) => number): Column<Status> => ({
  title,
  of: row => String(of(row)),
  align: 'right',
})
const columns: Column<Status>[] = [
  { title: 'SERVICE', of: row => row.service },
  number('RETRYING', row => row.retrying),
  number('PARKED', row => row.parked),
  number('CALLING', row => row.calling),
  number('DEAD', row => row.dead),
  number('TIMERS', row => row.timers),
  number('OUTBOX', row => row.outbox),
  { title: 'PAUSED', of: row => row.paused.join(', ') },
]
