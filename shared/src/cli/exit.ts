import type { OperatingError } from '../operating/operating-error.ts'

/** What the process ends with; docs/operating.md lists them for whoever writes a script. */
export const exit = {
  fine: 0,
  /** Open letters, a violation, letters that failed again: somebody should look. */
  found: 1,
  /** Wrong usage, or there is no such letter, saga or plan. */
  usage: 2,
  /** A service or Kafka did not answer, so that what was said is not all. */
  unreachable: 3,
  /** The saga is still under way. */
  open: 4,
  /** A fault of the command line itself. */
  broken: 70,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const
export type ExitCode = (typeof exit)[keyof typeof exit]

export const exitOf: Record<OperatingError['code'], ExitCode> = {
  'wrong-request': exit.usage,
  'not-found': exit.usage,
  unreachable: exit.unreachable,
}

const gravest: readonly ExitCode[] = [
  exit.broken,
  exit.interrupted,
  exit.unreachable,
  exit.usage,
  exit.found,
  exit.open,
]
/** Of several, the one that says most. */
export const worst = (...codes: readonly ExitCode[]): ExitCode =>
  gravest.find(code => codes.includes(code)) ?? exit.fine

/** Ends the command with one line on stderr: what was expected, what was found, what to do. */
export class Failure extends Error {
  readonly exitCode: ExitCode
  constructor(exitCode: ExitCode, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}
export const wrongUsage = (message: string) => new Failure(exit.usage, message)
