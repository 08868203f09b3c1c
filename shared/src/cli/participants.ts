import type { Declarations } from '../operating/declarations.ts'
import * as operating from '../operating/participants.ts'
import type { Context } from './context.ts'

/** Those that are declared or named by --admin; what goes on without something is told on stderr. @throws OperatingError */
export async function findParticipants(
  context: Context,
  services?: readonly string[],
): Promise<operating.Participants> {
  return toldNotices(context, await operating.findParticipants(context.settings, services))
}

export async function findDeclarations(context: Context): Promise<Declarations> {
  return toldNotices(context, await operating.findDeclarations(context.settings))
}

function toldNotices<T extends operating.Noticed>({ terminal }: Context, found: T): T {
  for (const notice of found.notices) terminal.err(notice)
  return found
}

export function tellSilent({ terminal }: Context, silent: readonly operating.Silent[], missing: string): void {
  for (const { service, why } of silent) terminal.err(`${service} ${why}; ${missing}`)
}
