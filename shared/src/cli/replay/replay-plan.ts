import type { Admin } from '../admin.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exit, Failure } from '../exit.ts'
import { readTopicLetters } from '../letter-topic.ts'
import { operationOf } from '../list.ts'
import type { Participants } from '../participants.ts'
import { stopOnSignals } from '../stop-on-signals.ts'
import { openJournal } from './journal.ts'
import { createPace } from './pace.ts'
import { nameOf, type Plan, type PlanLetter } from './plan.ts'
import { journalOf } from './plan-file.ts'
import { replayLetter } from './replay-letter.ts'
import type { Progress } from './replay-saga.ts'
import { runPlan, type Summary } from './run-plan.ts'

interface Pinned {
  readonly plan: Plan
  readonly name: string
  readonly participants: Participants
}

/** Replays a plan, or what is left of it; tells how it goes, and how to go on when it was stopped. */
export async function replayPlan(
  context: Context,
  { plan, name, participants }: Pinned,
  o: { readonly file: string; readonly rate?: number | undefined; readonly waitMs: number },
): Promise<ExitCode> {
  const { terminal, json, settings } = context
  const { planId } = plan
  const owners = ownersOf(plan, participants)
  const planned = new Set(plan.letters.map(nameOf))
  const isPlanned = (letter: PlanLetter) => planned.has(nameOf(letter))
  const letters = plan.fromTopic ? await readTopicLetters(context, participants, [...owners.keys()], isPlanned) : []
  const fromTopic = new Map(letters.map(letter => [nameOf(letter), letter]))
  const journal = openJournal(journalOf(o.file), settings.operator)
  const { stopping, release } = stopOnSignals()
  try {
    const summary = await runPlan(plan, {
      ...{ journal, stopping, pace: createPace(o.rate, stopping), progress: progressOf(context, plan, stopping) },
      replay: letter =>
        replayLetter(letter, {
          ...{ planId, patienceMs: o.waitMs, stopping },
          owner: owners.get(letter.service)!,
          fromTopic: fromTopic.get(nameOf(letter)),
        }),
    })
    if (json)
      terminal.out(JSON.stringify({ entry: 'end', planId, ...summary, stoppedBy: summary.stoppedBy?.message ?? null }))
    terminal.err(summaryText(summary))
    if (summary.left > 0) terminal.err(`\nTo go on:\n  npx saga dlq replay --resume ${name}`)
    if (summary.stoppedBy) return exit.unreachable
    if (summary.left > 0) return exit.interrupted
    return summary.failed.length > 0 ? exit.found : exit.fine
  } finally {
    journal.close()
    release()
  }
}

/** Who can be asked to replay each letter. @throws Failure when one of them has nobody: before anything is begun */
export function ownersOf(plan: Plan, { admins, silent }: Pick<Participants, 'admins' | 'silent'>): Map<string, Admin> {
  const services = [...new Set(plan.letters.map(({ service }) => service))]
  return new Map(
    services.map(service => {
      const owner = admins.find(admin => admin.service === service)
      if (owner) return [service, owner]
      const why = silent.find(each => each.service === service)?.why ?? 'is not declared: name it by --admin'
      throw new Failure(exit.unreachable, `${service} ${why}; nothing is replayed`)
    }),
  )
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

function summaryText({ ended, failed, skipped, left, stoppedBy }: Summary): string {
  const counts = [
    `${ended} replayed to their end`,
    failed.length > 0 && `${failed.length} failed`,
    skipped.length > 0 && `${skipped.length} left alone behind them`,
    left > 0 && `${left} not done yet`,
  ]
  return `${stoppedBy ? `stopped: ${stoppedBy.message}\n` : ''}${counts.filter(Boolean).join(', ')}`
}
