import { SchemaError } from './schema-error.ts'

/** Runs a command line of this folder: each problem is one line on standard error; any problem is exit code 1. */
export function runCommand(command: (args: readonly string[]) => readonly string[]): void {
  try {
    const problems = command(process.argv.slice(2))
    for (const problem of problems) console.error(problem)
    if (problems.length > 0) process.exitCode = 1
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    console.error(`schemas/${error.message}`)
    process.exitCode = 1
  }
}
