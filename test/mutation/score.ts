/** What Stryker writes down, as far as it is looked at: https://stryker-mutator.io/docs/mutation-testing-elements/mutant-states-and-metrics */
export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>
}
export interface Score {
  readonly killed: number
  /** Noticed by nobody, or reached by no test. */
  readonly survived: number
  /** Neither: a mutant that turns for ever was not noticed by what a test expects. */
  readonly timedOut: number
  /** Killed, of those that did not time out; in percent. */
  readonly percent: number
}

export function scoreOf(reports: readonly MutationReport[]): Score {
  const mutants = reports.flatMap(({ files }) => Object.values(files).flatMap(file => file.mutants))
  const statuses = mutants.map(({ status }) => status)
  const count = (...wanted: string[]) => statuses.filter(status => wanted.includes(status)).length
  const killed = count('Killed')
  const survived = count('Survived', 'NoCoverage')
  return { killed, survived, timedOut: count('Timeout'), percent: (100 * killed) / Math.max(1, killed + survived) }
}
