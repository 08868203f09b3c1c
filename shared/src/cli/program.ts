import { Command, InvalidArgumentError, Option } from 'commander'
import { isSagaId } from '../core/ids.ts'
import { durationMs } from '../settings.ts'
import type { AuditOptions } from './audit.ts'
import type { DiscardOptions } from './discard.ts'
import type { ExitCode } from './exit.ts'
import { groupings, type ListOptions } from './list.ts'
import type { ReplayOptions } from './replay/command.ts'
import type { GlobalFlags } from './settings.ts'
import type { ShowOptions } from './show.ts'
import { momentOf } from './times.ts'
import type { TraceOptions } from './trace/command.ts'

/** What the command line can be told to do; each is given the flags that stand for all. */
export interface Actions {
  list(options: ListOptions, flags: GlobalFlags): Promise<ExitCode>
  show(id: string, options: ShowOptions, flags: GlobalFlags): Promise<ExitCode>
  replay(options: ReplayOptions, flags: GlobalFlags): Promise<ExitCode>
  discard(id: string, options: DiscardOptions, flags: GlobalFlags): Promise<ExitCode>
  trace(sagaId: string, options: TraceOptions, flags: GlobalFlags): Promise<ExitCode>
  audit(options: AuditOptions, flags: GlobalFlags): Promise<ExitCode>
  status(options: { service?: string[] }, flags: GlobalFlags): Promise<ExitCode>
  check(flags: GlobalFlags): Promise<ExitCode>
  graph(flags: GlobalFlags): Promise<ExitCode>
}

/** The commands and their options, with what --help says of them. @param ended is told how the command ended */
export function createProgram(version: string, actions: Actions, ended: (code: ExitCode) => void): Command {
  const program = new Command('saga')
    .description('Looks at the sagas of all participants, and replays or discards what is dead.')
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError('see --help')
    .configureHelp({ showGlobalOptions: true, helpWidth: 100 })
    .option('--brokers <list>', 'Kafka brokers, host:port,host:port (KAFKA_BROKERS)')
    .option('--topic-prefix <text>', "the deployment's, before each topic name (TOPIC_PREFIX)")
    .option('--registry <url>', 'schema registry, to read letters on topics (SCHEMA_REGISTRY_URL)')
    .option('--admin <service=url>', 'admin listener of a service, instead of the declared one; repeatable', collect)
    .option('--token-to-declared', 'sends ADMIN_TOKEN to addresses that services declare, not only to those of --admin')
    .option('--operator <name>', 'who acts; kept with every act (SAGA_OPERATOR; else user@host)')
    .option('--json', 'JSON for programs: one document, or one a line where it streams')

  const flags = () => program.opts<GlobalFlags>()
  const dlq = command(program, 'dlq').description('dead letters: what is dead, why, and what to do about it')

  filtered(command(dlq, 'list'))
    .description('the open letters of all services, oldest first')
    .addOption(new Option('--group-by <what>', 'count them by this').choices(groupings))
    .addHelpText('after', examples('saga dlq list --group-by error', 'saga dlq list --service balance --since 2h'))
    .action(async options => ended(await actions.list(options, flags())))

  command(dlq, 'show')
    .description('one letter: its event, cause and stack, what is parked behind it, what its saga did elsewhere')
    .argument('<id>', 'the letter, as list names it')
    .option('--service <name>', 'of this service; when several have a letter of that id', collect)
    .option('--saga <id>', 'of this saga', sagaId)
    .option('--from-topic', 'as the letter topic has it; when its owner is away or knows nothing of it')
    .addHelpText('after', examples('saga dlq show 0199…/reserve_stock/action'))
    .action(async (id, options) => ended(await actions.show(id, options, flags())))

  filtered(command(dlq, 'replay'))
    .description('gives letters another try, in the order of each saga; shows what it will do, and asks')
    .argument('[id...]', 'letters, as list names them')
    .option('--all', 'all open letters')
    .option('--dry-run', 'tries letters in transactions that are rolled back, and keeps the plan')
    .option('--sample <n>', 'of a dry run: so many letters', wholeNumber, 20)
    .option('--plan <file|id>', 'the letters of a plan that was kept, and no others')
    .option('--resume <file|id>', 'goes on with a plan that was stopped')
    .option('--rate <n/s>', 'at most so many letters a second (or n/m: a minute)', rate)
    .addOption(
      new Option('--wait <duration>', 'for an owner that does not answer, and for a message to end')
        .argParser(duration)
        .default(60_000, '1m'),
    )
    .option('--yes', 'does not ask')
    .addHelpText(
      'after',
      `
A letter is named by its service, saga, id and death: one that dies anew later is another letter, and left alone.
At the first new failure in a saga the rest of that saga is left as it is, and named. Ctrl-C ends what is under way
and says how to go on. Running a plan twice does nothing twice.
${examples('saga dlq replay --error sqlstate-23514 --dry-run', 'saga dlq replay --plan 20250131-120000-3f9a1c --rate 20/s', 'saga dlq replay --all --yes')}`,
    )
    .action(async (ids, { wait, ...options }) =>
      ended(await actions.replay({ ids, waitMs: wait, ...options }, flags())),
    )

  command(dlq, 'discard')
    .description('gives one letter up: what it should have done is not done, what waits behind it runs')
    .argument('<id>', 'the letter, as list names it')
    .requiredOption('--reason <text>', 'kept with the act for ever')
    .option('--force', 'also where a compensation or an owed answer is given up; the audit names it for ever')
    .option('--yes', 'does not ask')
    .option('--service <name>', 'of this service; when several have a letter of that id', collect)
    .option('--saga <id>', 'of this saga', sagaId)
    .addHelpText('after', examples("saga dlq discard 0199…/notify/action --reason 'the customer was called'"))
    .action(async (id, options) => ended(await actions.discard(id, options, flags())))

  command(program, 'trace')
    .description('a saga over all services: what happened and why, what is awaited from whom and by when')
    .argument('<saga>', "the saga's id", sagaId)
    .option('--rows', 'also its own rows in each service, before and after each step (SAGA_IMAGES)')
    .addHelpText('after', examples('saga trace 0199c2f4-7f7e-7a52-9c9f-3f9a1c2b4d5e'))
    .action(async (sagaId, options) => ended(await actions.trace(sagaId, options, flags())))

  command(program, 'audit')
    .description('whether all services agree on what settled sagas did, and whether their books come out even')
    .option('--before <time>', 'sagas that began, and settled, before this; by default now', moment)
    .option('--since <time>', 'only sagas that began since', moment)
    .option('--at-rest', 'nothing is under way: then each saga must be settled, blocked by a letter, or discarded')
    .option('--accept-discarded', 'ends with 0 also if sagas with a discarded message do not agree')
    .option('--prometheus <file>', 'writes the number of violations and the time there besides, for Prometheus')
    .addHelpText(
      'after',
      examples(
        'saga audit',
        'saga audit --since 1d --json',
        'saga audit --prometheus /var/lib/node_exporter/saga.prom',
      ),
    )
    .action(async options => ended(await actions.audit(options, flags())))

  command(program, 'status')
    .description('a line for each service: what is retried, parked, being called, dead, armed, not yet published')
    .option('--service <name>', 'only this one; repeatable', collect)
    .addHelpText('after', examples('saga status'))
    .action(async options => ended(await actions.status(options, flags())))

  command(program, 'check')
    .description('whether the participants fit together, by their declarations: readers, compensations, circles')
    .addHelpText('after', examples('saga check', 'saga check --json'))
    .action(async () => ended(await actions.check(flags())))

  command(program, 'graph')
    .description('the participants as a Mermaid flowchart: steps, and the events between them')
    .addHelpText('after', examples('saga graph > choreography.mmd'))
    .action(async () => ended(await actions.graph(flags())))

  return program
}

const command = (parent: Command, name: string) => parent.command(name).helpCommand(false)

const filtered = (to: Command) =>
  to
    .option('--service <name>', 'only of this service; repeatable', collect)
    .option('--saga <id>', 'only of this saga', sagaId)
    .option('--step <name>', 'only of this step')
    .option('--error <code>', 'only with this error code')
    .option('--since <time>', 'only what died since: 2h ago, or 2025-01-31T12:00:00Z', moment)
    .option('--from-topic', 'from the letter topics, also what its owner knows nothing of')

const examples = (...lines: string[]) =>
  `\n${lines.length > 1 ? 'Examples' : 'Example'}:\n${lines.map(line => `  ${line}`).join('\n')}`

const collect = (value: string, before: string[] = []) => [...before, value]

function sagaId(text: string): string {
  if (!isSagaId(text)) throw new InvalidArgumentError('It is no saga id: a UUIDv7 in lower case.')
  return text
}
function moment(text: string): Date {
  const found = momentOf(text, new Date())
  if (!found)
    throw new InvalidArgumentError('It is no time: write it like 2h (ago), 2025-01-31 or 2025-01-31T12:00:00Z.')
  return found
}
function duration(text: string): number {
  const parsed = durationMs.safeParse(text)
  if (!parsed.success) throw new InvalidArgumentError('It is no duration: write it like 500ms, 30s or 5m.')
  return parsed.data
}
function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It is no whole number from 1 to 999999.')
  return Number(text)
}
/** Letters a second. */
function rate(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(?:\/([sm]))?$/.exec(text) ?? []
  const perSecond = Number(amount) / (unit === 'm' ? 60 : 1)
  if (!(perSecond > 0)) throw new InvalidArgumentError('It is no rate: write it like 5/s or 30/m.')
  return perSecond
}
