import { hostname } from 'node:os'
import { type JournalRead, type Outcome, readJournal } from './journal.ts'
import { bySaga, nameOf, type Plan, type PlanLetter } from './plan.ts'
import { journalOf } from './plan-file.ts'
import { isFinal } from './replay-saga.ts'

/** What became of a letter of a plan, by its journal. */
export interface LetterStanding {
  readonly letter: PlanLetter
  /**
   * `left`: not touched yet. `begun`: touched, and not followed to an end. `ended`: done by this plan. `already`: somebody else
   * had replayed or discarded it before. `skipped`: a letter before it in its saga failed.
   */
  readonly became: 'left' | 'begun' | 'ended' | 'already' | 'failed' | 'skipped'
  readonly outcome: Outcome | undefined
}

/** How far a plan is, by its journal: whoever runs it, here or elsewhere. */
export interface PlanStanding {
  /**
   * `stopped`: its last run has ended, and letters are left. `interrupted`: its last run was killed; running it again goes on.
   * `done`: nothing is left, though some may have failed.
   */
  readonly status: 'planned' | 'running' | 'stopped' | 'interrupted' | 'cancelled' | 'done'
  /** By this plan. */
  readonly ended: number
  readonly already: number
  readonly failed: readonly { readonly letter: PlanLetter; readonly outcome: Outcome }[]
  readonly skipped: readonly PlanLetter[]
  /** Not begun, or not followed to an end. */
  readonly left: number
  /** Whether another run may change anything: letters are left, or failed in a way that may come out otherwise. */
  readonly canGoOn: boolean
  readonly rate: number | null
  /** What ended its last run before its end. */
  readonly stoppedBy: string | null
  /** In the order of their replay. */
  readonly letters: readonly LetterStanding[]
}

/** Of a run that showed no life for so long nobody knows better than that it is no more. */
const lifelessAfterMs = 20_000

/** @param isOurs whether this process runs it, of which its journal says no more than that it did */
export function standingOf(plan: Plan, planFile: string, isOurs = false): PlanStanding {
  const journal = readJournal(journalOf(planFile))
  const tally = tallyOf(bySaga(plan.letters).flatMap(saga => standingsOf(saga, journal)))
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

function standingsOf(saga: readonly PlanLetter[], { outcomes, begun }: JournalRead): LetterStanding[] {
  let hasFailed = false
  return saga.map(letter => {
    const outcome = outcomes.get(nameOf(letter))
    if (hasFailed) return { letter, became: 'skipped', outcome: undefined }
    hasFailed = outcome?.outcome === 'failed'
    if (outcome) return { letter, became: outcome.how === 'already' ? 'already' : outcome.outcome, outcome }
    return { letter, became: begun.has(nameOf(letter)) ? 'begun' : 'left', outcome }
  })
}

function tallyOf(letters: readonly LetterStanding[]) {
  const those = (...became: LetterStanding['became'][]) => letters.filter(each => became.includes(each.became))
  return {
    ended: those('ended').length,
    already: those('already').length,
    failed: those('failed').map(({ letter, outcome }) => ({ letter, outcome: outcome! })),
    skipped: those('skipped').map(({ letter }) => letter),
    left: those('left', 'begun').length,
    letters,
  }
}
