import { Interrupted } from './insist.ts'
import type { Outcome } from './journal.ts'
import { bySaga, type Plan, type PlanLetter } from './plan.ts'
import { type Progress, replaySaga, type SagaOptions } from './replay-saga.ts'

/** Sagas have nothing to do with each other; a letter mostly waits for its owner's answer. */
const sagasAtOnce = 8

export interface Summary {
  /** Done by this plan, now or in an earlier run. */
  readonly ended: number
  /** Replayed or discarded by somebody else before their turn. */
  readonly already: number
  readonly failed: readonly { readonly letter: PlanLetter; readonly outcome: Outcome }[]
  readonly skipped: readonly PlanLetter[]
  /** Not begun, or begun and not followed to an end: what a resumed run has to do. */
  readonly left: number
  /** What ended the run before its end; undefined when it was Ctrl-C, or nothing. */
  readonly stoppedBy: Error | undefined
}

/** Replays a plan: saga by saga, several at a time. What ends one ends all, after what is under way. */
export async function runPlan(
  plan: Plan,
  o: Omit<SagaOptions, 'progress' | 'stopping'> & { readonly stopping: AbortSignal; readonly progress: Progress },
): Promise<Summary> {
  let ended = 0
  let already = 0
  const failed: { letter: PlanLetter; outcome: Outcome }[] = []
  const skipped: PlanLetter[] = []
  const stopped = new AbortController()
  const stopping = AbortSignal.any([o.stopping, stopped.signal])
  let stoppedBy: Error | undefined
  const progress: Progress = {
    ended(letter, outcome, earlier) {
      if (outcome.how === 'already') already++
      else if (outcome.outcome === 'ended') ended++
      else failed.push({ letter, outcome })
      o.progress.ended(letter, outcome, earlier)
    },
    skipped(letter, behind) {
      skipped.push(letter)
      o.progress.skipped(letter, behind)
    },
  }
  const sagas = bySaga(plan.letters)
  const work = async () => {
    for (let saga = sagas.shift(); saga; saga = sagas.shift()) {
      try {
        await replaySaga(saga, { ...o, stopping, progress })
      } catch (error) {
        if (!(error instanceof Interrupted)) stoppedBy ??= error as Error
        stopped.abort()
        return
      }
    }
  }
  await Promise.all(Array.from({ length: sagasAtOnce }, work))
  const left = plan.letters.length - ended - already - failed.length - skipped.length
  return { ended, already, failed, skipped, left, stoppedBy }
}
