import { hostname } from 'node:os'
import { type JournalRead, type Outcome, readJournal } from './journal.ts'
import { bySaga, nameOf, type Plan, type PlanLetter } from './plan.ts'
import { journalOf } from './plan-file.ts'
import { isFinal } from './replay-saga.ts'

/** How far a plan is, by its journal: whoever runs it, here or elsewhere. */
export interface PlanStanding {
  /**
   * `stopped`: its last run has ended, and letters are left. `interrupted`: its last run was killed; running it again goes on.
   * `done`: nothing is left, though some may have failed.
   */
  readonly status: 'planned' | 'running' | 'stopped' | 'interrupted' | 'cancelled' | 'done'
  readonly ended: number
  readonly failed: readonly { readonly letter: PlanLetter; readonly outcome: Outcome }[]
  readonly skipped: readonly PlanLetter[]
  readonly left: number
  /** Whether another run may change anything: letters are left, or failed in a way that may come out otherwise. */
  readonly canGoOn: boolean
  readonly rate: number | null
  /** What ended its last run before its end. */
  readonly stoppedBy: string | null
}

/** Of a run that showed no life for so long nobody knows better than that it is no more. */
const lifelessAfterMs = 20_000

/** @param isOurs whether this process runs it, of which its journal says no more than that it did */
export function standingOf(plan: Plan, planFile: string, isOurs = false): PlanStanding {
  const journal = readJournal(journalOf(planFile))
  const tally = tallyOf(plan, journal.outcomes)
  return {
    ...tally,
    status: statusOf(journal, tally.left, isOurs),
    rate: journal.lastRun?.rate ?? null,
    stoppedBy: journal.stopped?.why ?? null,
    canGoOn: !journal.cancelled && (tally.left > 0 || tally.failed.some(({ outcome }) => !isFinal(outcome))),
  }
}

function statusOf(journal: JournalRead, left: number, isOurs: boolean): PlanStanding['status'] {
  if (isOurs) return 'running'
  if (journal.cancelled) return 'cancelled'
  if (!journal.lastRun) return 'planned'
  if (!journal.stopped && isAlive(journal)) return 'running'
  if (left === 0) return 'done'
  return journal.stopped ? 'stopped' : 'interrupted'
}

/** Ids of processes are given anew, so the journal must have been touched, too. */
function isAlive({ lastRun, touchedAt }: JournalRead): boolean {
  if (!touchedAt || touchedAt.getTime() + lifelessAfterMs < Date.now()) return false
  const { pid, host } = lastRun!
  if (pid === undefined || host !== hostname()) return true
  return pid !== process.pid && exists(pid)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function tallyOf({ letters }: Plan, outcomes: ReadonlyMap<string, Outcome>) {
  let ended = 0
  let left = 0
  const failed: { letter: PlanLetter; outcome: Outcome }[] = []
  const skipped: PlanLetter[] = []
  for (const saga of bySaga(letters)) {
    let hasFailed = false
    for (const letter of saga) {
      const outcome = outcomes.get(nameOf(letter))
      if (hasFailed) skipped.push(letter)
      else if (!outcome) left++
      else if (outcome.outcome === 'ended') ended++
      else {
        failed.push({ letter, outcome })
        hasFailed = true
      }
    }
  }
  return { ended, failed, skipped, left }
}
