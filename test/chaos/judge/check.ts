/** One thing that must hold, and where it does not. */
export interface Check {
  readonly name: string
  /** What it would be if it did not: something acknowledged is gone, something happened twice, something waits for ever, or anything else. */
  readonly asksFor: 'lost' | 'doubled' | 'stuck' | 'wrong'
  readonly violations: readonly string[]
}
