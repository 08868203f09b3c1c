import { checkChoreography } from '../choreography/check.ts'
import { mermaidOf } from '../choreography/mermaid.ts'
import type { Declarations } from '../operating/declarations.ts'
import type { Context } from './context.ts'
import { type ExitCode, exit, wrongUsage } from './exit.ts'
import { findDeclarations } from './participants.ts'

/** `saga check`: what cannot be meant in the declarations of all participants together. Ends with 1 on a finding. */
export async function check(context: Context): Promise<ExitCode> {
  const { terminal } = context
  const { declared, unread } = await declarationsOf(context)
  const findings = checkChoreography(declared)
  const services = declared.map(({ service }) => service).toSorted()
  if (context.json) terminal.out(JSON.stringify({ services, findings, unread }))
  else {
    for (const { code, text } of findings) terminal.out(`${code}: ${text}`)
    if (findings.length === 0) terminal.out(`nothing is wrong between ${services.join(', ')}`)
  }
  return checkEnds(findings, unread)
}

/** Without one of them the others seem to wait for nobody, or to be heard by nobody: then its findings say little. */
export const checkEnds = (findings: readonly unknown[], unread: readonly unknown[]): ExitCode =>
  unread.length > 0 ? exit.unreachable : findings.length > 0 ? exit.found : exit.fine

/** `saga graph`: who publishes what to whom, as Mermaid. */
export async function graph(context: Context): Promise<ExitCode> {
  const { declared, unread } = await declarationsOf(context)
  const mermaid = mermaidOf(declared)
  context.terminal.out(context.json ? JSON.stringify({ mermaid, unread }) : mermaid)
  return unread.length > 0 ? exit.unreachable : exit.fine
}

async function declarationsOf(context: Context): Promise<Declarations> {
  const found = await findDeclarations(context)
  const { declared, unread } = found
  for (const { service, why } of unread) context.terminal.err(`${service} ${why}; it is left out`)
  if (declared.length === 0)
    throw wrongUsage(
      `nobody has declared itself under the prefix ${JSON.stringify(context.settings.topicPrefix)}: start the services, or name their brokers and prefix (--brokers, --topic-prefix)`,
    )
  return found
}
