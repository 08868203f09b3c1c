import { Interrupted } from './insist.ts'
import type { Journal, Outcome } from './journal.ts'
import type { PlanLetter } from './plan.ts'

export interface Progress {
  /** It came out now, or in an earlier run of this plan. */
  ended(letter: PlanLetter, outcome: Outcome, earlier: boolean): void
  /** Not touched, since a letter before it in its saga failed. */
  skipped(letter: PlanLetter, behind: PlanLetter): void
}
export interface SagaOptions {
  readonly journal: Pick<Journal, 'outcomeOf' | 'begin' | 'end'>
  readonly replay: (letter: PlanLetter) => Promise<Outcome>
  /** Resolves when the next letter may begin. */
  readonly pace: () => Promise<void>
  readonly stopping: AbortSignal
  readonly progress: Progress
}

/** The letters of one saga, one at a time and in their order; at the first that fails the rest is left as it is. */
export async function replaySaga(letters: readonly PlanLetter[], o: SagaOptions): Promise<void> {
  const { journal, progress, stopping } = o
  let failed: PlanLetter | undefined
  for (const letter of letters) {
    if (failed) {
      progress.skipped(letter, failed)
      continue
    }
    const before = journal.outcomeOf(letter)
    let outcome = before && isFinal(before) ? before : undefined
    const earlier = outcome !== undefined
    if (!outcome) {
      if (!stopping.aborted) await o.pace()
      if (stopping.aborted) throw new Interrupted()
      journal.begin(letter)
      outcome = await o.replay(letter)
      journal.end(letter, outcome)
    }
    progress.ended(letter, outcome, earlier)
    if (outcome.outcome === 'failed') failed = letter
  }
}

/** What another run of the plan may find otherwise is asked again: asking changes nothing that was done. */
export const isFinal = ({ how }: Outcome) => how !== 'not-in-time' && how !== 'unknown' && how !== 'refused'
