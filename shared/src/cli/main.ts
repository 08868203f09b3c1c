import { readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { OperatingError } from '../operating/operating-error.ts'
import { audit } from './audit.ts'
import { check, graph } from './choreography.ts'
import type { Context } from './context.ts'
import { discard } from './discard.ts'
import { type ExitCode, exit, exitOf, Failure } from './exit.ts'
import { list } from './list.ts'
import { createProgram } from './program.ts'
import { replay } from './replay/command.ts'
import { type GlobalFlags, readCliSettings } from './settings.ts'
import { show } from './show.ts'
import { status } from './status.ts'
import { createTerminal, type Terminal } from './terminal.ts'
import { trace } from './trace/command.ts'

/** The command line: `saga --help`. Sets the process' exit code (exit.ts); an error is one line on stderr. */
export async function main(argv: readonly string[]): Promise<void> {
  const terminal = createTerminal()
  const context = (flags: GlobalFlags): Context => ({
    ...{ terminal, env: process.env, json: flags.json ?? false },
    settings: readCliSettings(flags, process.env, process.cwd()),
  })
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  let code: ExitCode = exit.fine
  const program = createProgram(
    version,
    {
      list: (options, flags) => list(context(flags), options),
      show: (id, options, flags) => show(context(flags), id, options),
      replay: (options, flags) => replay(context(flags), options),
      discard: (id, options, flags) => discard(context(flags), id, options),
      trace: (sagaId, options, flags) => trace(context(flags), sagaId, options),
      audit: (options, flags) => audit(context(flags), options),
      status: (options, flags) => status(context(flags), options),
      check: flags => check(context(flags)),
      graph: flags => graph(context(flags)),
    },
    ended => {
      code = ended
    },
  )
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    code = told(error, terminal)
  }
  process.exitCode = code
}

function told(error: unknown, terminal: Terminal): ExitCode {
  // commander has said what is wrong, or has helped.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.fine : exit.usage
  if (error instanceof Failure) {
    terminal.err(`saga: ${error.message}`)
    return error.exitCode
  }
  if (error instanceof OperatingError) {
    terminal.err(`saga: ${error.message}`)
    return exitOf[error.code]
  }
  terminal.err(`saga failed, which is its own fault: ${(error as Error).stack}`)
  return exit.broken
}
