import type { CliSettings } from './settings.ts'
import type { Terminal } from './terminal.ts'

/** What every command stands on. */
export interface Context {
  readonly settings: CliSettings
  readonly terminal: Terminal
  /** For programs: JSON on stdout instead of tables. */
  readonly json: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}
