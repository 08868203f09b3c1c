import { readTopicLetters } from '../letter-topic.ts'
import { OperatingError } from '../operating-error.ts'
import type { Participants } from '../participants.ts'
import type { Reach } from '../reach.ts'
import { openJournal, readJournal } from './journal.ts'
import { ownersOf } from './owners.ts'
import { createPace } from './pace.ts'
import { nameOf, type Plan, type PlanLetter } from './plan.ts'
import { journalOf } from './plan-file.ts'
import { replayLetter } from './replay-letter.ts'
import type { Progress } from './replay-saga.ts'
import { runPlan, type Summary } from './run-plan.ts'

export interface ReplayPlanOptions {
  readonly plan: Plan
  /** Of the plan; its journal is kept beside it. */
  readonly file: string
  readonly participants: Participants
  readonly reach: Pick<Reach, 'brokers' | 'topicPrefix' | 'operator'>
  /** Letters a second. */
  readonly rate?: number | undefined
  /** How long an owner may be silent, and how long a message may take to its end. */
  readonly waitMs: number
  /** Ends the run after what is under way; another run of the plan goes on. */
  readonly stopping: AbortSignal
  readonly progress: Progress
}

/** Replays a plan, or what is left of it. @throws OperatingError before anything is begun, also when it was cancelled */
export async function replayPlan(o: ReplayPlanOptions): Promise<Summary> {
  const { plan, participants, reach, stopping } = o
  const owners = ownersOf(plan, participants)
  const { cancelled } = readJournal(journalOf(o.file))
  if (cancelled)
    throw new OperatingError(
      'wrong-request',
      `plan ${plan.planId} was cancelled by ${cancelled.operator} at ${cancelled.at}: make a new one of what is still dead`,
    )
  const planned = new Set(plan.letters.map(nameOf))
  const isPlanned = (letter: PlanLetter) => planned.has(nameOf(letter))
  const letters = plan.fromTopic ? await readTopicLetters(reach, participants, [...owners.keys()], isPlanned) : []
  const fromTopic = new Map(letters.map(letter => [nameOf(letter), letter]))
  const journal = openJournal(journalOf(o.file), { operator: reach.operator, rate: o.rate })
  try {
    const summary = await runPlan(plan, {
      ...{ journal, stopping, pace: createPace(o.rate, stopping), progress: o.progress },
      replay: letter =>
        replayLetter(letter, {
          ...{ planId: plan.planId, patienceMs: o.waitMs, stopping },
          owner: owners.get(letter.service)!,
          fromTopic: fromTopic.get(nameOf(letter)),
        }),
    })
    journal.stopped(summary.stoppedBy?.message ?? null)
    return summary
  } finally {
    journal.close()
  }
}
