import { type Found, findLetters, type LetterFilter, noSuchLetter } from '../../operating/letters.ts'
import type { Participants } from '../../operating/participants.ts'
import { ownersOf } from '../../operating/replay/owners.ts'
import { type Count, countsOf, type Plan, planOf } from '../../operating/replay/plan.ts'
import { loadPlan, savePlan } from '../../operating/replay/plan-file.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exit, Failure, worst, wrongUsage } from '../exit.ts'
import { findParticipants, tellSilent } from '../participants.ts'
import { type Column, table } from '../table.ts'
import { dryRun } from './dry-run.ts'
import { tellReplay } from './tell-replay.ts'

export interface ReplayOptions extends LetterFilter {
  readonly all?: boolean | undefined
  readonly dryRun?: boolean | undefined
  /** Of a dry run: so many letters are tried. */
  readonly sample: number
  readonly plan?: string | undefined
  readonly resume?: string | undefined
  /** Letters a second. */
  readonly rate?: number | undefined
  /** How long an owner may be silent, and how long a message may take to its end. */
  readonly waitMs: number
  readonly yes?: boolean | undefined
}

/** What is about to be replayed, and where its plan is kept. */
interface Pinned {
  readonly plan: Plan
  readonly file: string
  /** As the operator names it: an id, or a path. */
  readonly name: string
  readonly participants: Participants
  readonly silent: Found['silent']
}

/** `saga dlq replay`: what was shown is what is replayed. */
export async function replay(context: Context, options: ReplayOptions): Promise<ExitCode> {
  const { terminal } = context
  requireOneSelection(options)
  const given = options.resume ?? options.plan
  const pinned = given === undefined ? await select(context, options) : await load(context, given)
  if (!pinned) return exit.fine
  const { plan, name, silent } = pinned
  showPlan(context, plan)
  tellSilent(context, silent, 'its letters are not among these')
  const seen = silent.length > 0 ? exit.unreachable : exit.fine
  if (options.dryRun) {
    const result = await dryRun(context, pinned, options.sample)
    terminal.err(`\nThe plan is kept. To replay exactly these letters:\n  npx saga dlq replay --plan ${name}`)
    return worst(seen, result)
  }
  ownersOf(plan, pinned.participants)
  if (!options.yes && options.resume === undefined) {
    if (!terminal.canAsk) throw wrongUsage('a replay asks first, and there is nobody to ask: give --yes')
    if (!(await terminal.ask('Replay them?'))) return nothingDone(terminal)
  }
  return worst(seen, await tellReplay(context, pinned, options))
}

function nothingDone(terminal: Context['terminal']): ExitCode {
  terminal.err('nothing was replayed')
  return exit.fine
}

function requireOneSelection(o: ReplayOptions): void {
  const { ids = [], saga, service = [], step, error, since, all, plan, resume, fromTopic } = o
  const narrowed = ids.length > 0 || service.length > 0 || [saga, step, error, since].some(each => each !== undefined)
  const kept = [plan, resume].filter(each => each !== undefined)
  if (kept.length > 1 || (kept.length === 1 && (narrowed || all || fromTopic)))
    throw wrongUsage('a plan names its letters: give --plan or --resume with nothing that selects others')
  if (kept.length === 0 && !narrowed && !all)
    throw wrongUsage('which letters? give IDs, --saga, --service, --step, --error, --since, or --all')
  if (resume !== undefined && o.dryRun)
    throw wrongUsage('a plan that has begun is not tried: give --plan for a dry run')
}

async function select(context: Context, options: ReplayOptions): Promise<Pinned | undefined> {
  const { fromTopic = false, ids = [], service = [] } = options
  const participants = await findParticipants(context, service)
  const { letters, silent } = await findLetters(context.settings, participants, options)
  const missing = ids.filter(id => !letters.some(letter => letter.id === id))
  if (missing.length > 0) throw noSuchLetter(missing, silent)
  if (letters.length === 0) {
    tellSilent(context, silent, 'its letters are not known')
    if (silent.length > 0) throw new Failure(exit.unreachable, 'no open letters match at those who answer')
    context.terminal.err('no open letters match')
    return undefined
  }
  const plan = planOf(letters, { operator: context.settings.operator, fromTopic, now: new Date() })
  return { plan, file: savePlan(plan, context.env), name: plan.planId, participants, silent }
}

async function load(context: Context, name: string): Promise<Pinned> {
  const { plan, file } = loadPlan(name, context.env)
  const services = [...new Set(plan.letters.map(({ service }) => service))]
  const participants = await findParticipants(context, services)
  return { plan, file, name, participants, silent: [] }
}

function showPlan({ terminal, json }: Context, plan: Plan): void {
  const { planId, letters } = plan
  const counts = countsOf(letters)
  if (json) terminal.out(JSON.stringify({ entry: 'plan', planId, letters: letters.length, counts }))
  const sagas = new Set(letters.map(({ sagaId, service, id }) => sagaId ?? `${service} ${id}`)).size
  terminal.err(`plan ${planId}, letters: ${letters.length}, sagas: ${sagas}\n${table(counts, countColumns)}`)
}
const countColumns: Column<Count>[] = [
  { title: 'SERVICE', of: count => count.service },
  { title: 'STEP', of: count => count.step },
  { title: 'ERROR', of: count => count.error },
  { title: 'LETTERS', of: count => String(count.letters), align: 'right' },
  { title: 'SAGAS', of: count => String(count.sagas), align: 'right' },
]
