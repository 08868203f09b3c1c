import { operationOf } from '../../operating/letters.ts'
import type { Participants } from '../../operating/participants.ts'
import type { Plan, PlanLetter } from '../../operating/replay/plan.ts'
import { replayPlan } from '../../operating/replay/replay-plan.ts'
import type { Progress } from '../../operating/replay/replay-saga.ts'
import type { Summary } from '../../operating/replay/run-plan.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exit } from '../exit.ts'
import { stopOnSignals } from '../stop-on-signals.ts'

interface Pinned {
  readonly plan: Plan
  readonly file: string
  readonly name: string
  readonly participants: Participants
}

/** Replays a plan, or what is left of it; tells how it goes, and how to go on when it was stopped. */
export async function tellReplay(
  context: Context,
  { plan, file, name, participants }: Pinned,
  { rate, waitMs }: { readonly rate?: number | undefined; readonly waitMs: number },
): Promise<ExitCode> {
  const { terminal, json, settings } = context
  const { stopping, release } = stopOnSignals()
  try {
    const progress = progressOf(context, plan, stopping)
    const summary = await replayPlan({ plan, file, participants, reach: settings, rate, waitMs, stopping, progress })
    const { planId } = plan
    if (json)
      terminal.out(JSON.stringify({ entry: 'end', planId, ...summary, stoppedBy: summary.stoppedBy?.message ?? null }))
    terminal.err(summaryText(summary))
    if (summary.left > 0) terminal.err(`\nTo go on:\n  npx saga dlq replay --resume ${name}`)
    if (summary.stoppedBy) return exit.unreachable
    if (summary.left > 0) return exit.interrupted
    return summary.failed.length > 0 ? exit.found : exit.fine
  } finally {
    release()
  }
}

function progressOf({ terminal, json }: Context, plan: Plan, stopping: AbortSignal): Progress {
  let done = 0
  const tell = () => {
    const ending = stopping.aborted ? ', ending what is under way' : ''
    terminal.progress(`${++done} of ${plan.letters.length}${ending}`)
  }
  return {
    ended(letter, outcome, earlier) {
      if (json) terminal.out(JSON.stringify({ entry: 'letter', ...refOf(letter), ...outcome, earlier }))
      if (outcome.outcome === 'failed') terminal.err(`${told(letter)}: ${outcome.how}, ${outcome.detail}`)
      tell()
    },
    skipped(letter, behind) {
      if (json) terminal.out(JSON.stringify({ entry: 'skipped', ...refOf(letter), behind: refOf(behind) }))
      terminal.err(`${told(letter)}: left alone, since ${told(behind)} before it in its saga failed`)
      tell()
    },
  }
}

const refOf = ({ service, sagaId, id, deaths }: PlanLetter) => ({ service, sagaId, id, deaths })
const told = (letter: PlanLetter) => `${letter.service} ${operationOf(letter)} ${letter.id}`

function summaryText({ ended, already, failed, skipped, left, stoppedBy }: Summary): string {
  const counts = [
    `${ended} replayed to their end`,
    already > 0 && `${already} replayed or discarded by others before`,
    failed.length > 0 && `${failed.length} failed`,
    skipped.length > 0 && `${skipped.length} left alone behind them`,
    left > 0 && `${left} not done yet`,
  ]
  return `${stoppedBy ? `stopped: ${stoppedBy.message}\n` : ''}${counts.filter(Boolean).join(', ')}`
}
