import { runCommand } from './tooling/command.ts'
import { versionProblems } from './tooling/version-problems.ts'

// node schemas/check-versions.ts   fails when a schema is not its newest version, or not compatible with all earlier ones
runCommand(() => versionProblems(import.meta.dirname))
