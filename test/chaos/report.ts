import type { AuditReport } from '../../shared/src/core/audit/audit-over.ts'
import { invariantsOf } from '../../shared/src/core/audit/invariant-lines.ts'
import type { BatchSource } from '../../shared/src/runtime/metric-definitions.ts'
import type { Done } from './faults/injector.ts'
import type { Check } from './judge/check.ts'
import { type FaultKind, faultKinds, kindNames } from './plan.ts'

/** How many there were, of how many messages, and such as had more than so many. */
export type Transactions = Readonly<Record<'all' | 'messages' | 'above100' | 'above200', number>>

export interface Verdict {
  readonly checks: readonly Check[]
  /** Orders that were answered 202. */
  readonly sagas: number
  readonly endings: Readonly<Record<string, number>>
  readonly answers: Readonly<Record<string, number>>
  readonly requests: { readonly unanswered: number; readonly turnedAway: number; readonly askedAgain: number }
  readonly events: { readonly distinct: number; readonly repeats: number }
  readonly counted: Readonly<
    Record<'duplicates' | 'late' | 'parked' | 'failed' | 'retries' | 'callsRepeated' | 'letters', number>
  >
  /** By what brought the messages. */
  readonly transactions: Readonly<Record<BatchSource, Transactions>>
  readonly audit: AuditReport
  readonly faults: readonly Done[]
}

export interface Report extends Verdict {
  readonly seed: string
  readonly plan: string
  readonly minutes: number
  readonly clients: number
  readonly rate: number
  readonly atOnce: number
  readonly quota: number
  readonly loadMs: number
  readonly settledMs: number
}

export const isViolated = ({ checks }: Pick<Report, 'checks'>) => checks.some(({ violations }) => violations.length > 0)

/** Kinds of faults of which fewer effects were seen than wanted. */
export const shortfall = ({ faults, quota }: Pick<Report, 'faults' | 'quota'>): FaultKind[] =>
  kindNames.filter(kind => faults.filter(each => each.kind === kind && each.hadEffect).length < quota)

const mostExamples = 5

/** For people. */
export function textOf(report: Report): string {
  const { sagas, loadMs, settledMs, requests, events, counted, faults } = report
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(0)} s`
  return [
    `seed ${report.seed}, plan ${report.plan}, ${report.minutes} minutes, ${report.clients} clients, ${report.atOnce} faults at a time`,
    '',
    `${sagas} sagas in ${seconds(loadMs)} (${((sagas * 1_000) / loadMs).toFixed(0)}/s), at rest after ${seconds(settledMs)} more`,
    ...columns(Object.entries(report.endings)),
    '',
    'requests by answer',
    ...columns(Object.entries(report.answers)),
    ...columns([
      ['tries without an answer, repeated', requests.unanswered],
      ['tries answered 503, repeated', requests.turnedAway],
      ['asked again after their answer', requests.askedAgain],
    ]),
    '',
    'deliveries',
    ...columns([
      ...Object.entries({
        ...counted,
        'events on the topics': events.distinct,
        'records that repeat one': events.repeats,
      }),
    ]),
    '',
    'transactions',
    ...Object.entries(report.transactions).map(
      ([source, { all, messages, above100, above200 }]) =>
        `  ${source.padEnd(6)} ${all} of ${messages} messages; ${above100} of more than 100, ${above200} of more than 200`,
    ),
    '',
    `faults: ${faults.length}, of which ${faults.filter(each => each.hadEffect).length} had an effect that was seen`,
    ...kindNames.map(kind =>
      faultLine(
        kind,
        faults.filter(each => each.kind === kind),
      ),
    ),
    '',
    'sagas open at each kill',
    ...kindNames.filter(isKill).map(kind =>
      openLine(
        kind,
        faults.filter(each => each.kind === kind),
      ),
    ),
    '',
    ...columns([
      ['acknowledged requests lost', countOf(report, 'lost')],
      ['doubled effects', countOf(report, 'doubled')],
      ['dead letters', counted.letters],
    ]),
    '',
    'what must hold',
    ...report.checks.flatMap(checkLines),
    '',
    'what the audit of the services says',
    ...invariantsOf(report.audit).map(
      ({ name, holds, figures }) => `  ${holds ? 'holds' : 'DOES NOT HOLD'}  ${name}; ${figures}`,
    ),
    '',
    verdictOf(report),
  ].join('\n')
}

const countOf = ({ checks }: Report, what: Check['asksFor']) =>
  checks.filter(({ asksFor }) => asksFor === what).reduce((sum, { violations }) => sum + violations.length, 0)

const isKill = (kind: FaultKind) => kind.includes('kill')

function faultLine(kind: FaultKind, all: readonly Done[]): string {
  const felt = all.filter(each => each.hadEffect).length
  return `  ${kind.padEnd(20)} ${String(felt).padStart(4)} of ${String(all.length).padStart(4)}  ${faultKinds[kind].what}`
}

function openLine(kind: FaultKind, all: readonly Done[]): string {
  return `  ${kind.padEnd(20)} ${all.map(each => each.open).join(' ')}`
}

function checkLines({ name, violations }: Check): string[] {
  const examples = violations.slice(0, mostExamples).map(each => `         ${each}`)
  const more = violations.length > mostExamples ? [`         and ${violations.length - mostExamples} more`] : []
  return [`  ${violations.length === 0 ? 'holds' : `${violations.length} TIMES NOT`}  ${name}`, ...examples, ...more]
}

function verdictOf(report: Report): string {
  if (isViolated(report)) return 'VIOLATED'
  const lacking = shortfall(report)
  return lacking.length > 0
    ? `Nothing was violated, but too few effects were seen of: ${lacking.join(', ')}`
    : 'Nothing lost, nothing done twice, nothing stuck.'
}

const columns = (rows: readonly (readonly [string, number])[]): string[] =>
  rows.map(([name, value]) => `  ${name.padEnd(40)} ${String(value).padStart(9)}`)
