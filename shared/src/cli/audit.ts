import type { AuditReport } from '../core/audit/audit-over.ts'
import { violationText } from '../core/audit/violation.ts'
import { auditParticipants, violationsThatCount } from '../operating/audit.ts'
import { auditMetrics } from '../operating/audit-metrics.ts'
import type { Context } from './context.ts'
import { type ExitCode, exit } from './exit.ts'
import { findParticipants } from './participants.ts'
import { table } from './table.ts'
import { second } from './times.ts'
import { writeMetrics } from './write-metrics.ts'

export interface AuditOptions {
  readonly before?: Date | undefined
  readonly since?: Date | undefined
  readonly atRest?: boolean | undefined
  /** Violations of sagas with a discarded message do not count. */
  readonly acceptDiscarded?: boolean | undefined
  /** A file for Prometheus, besides the report. */
  readonly prometheus?: string | undefined
}

/** `saga audit`: whether what always holds does, over all services. Ends with 1 on a violation. */
export async function audit(context: Context, options: AuditOptions): Promise<ExitCode> {
  const { terminal } = context
  const participants = await findParticipants(context)
  const { before = new Date(), since, atRest = false } = options
  const report = await auditParticipants(participants, { before, atRest, ...(since && { since }) })
  if (options.prometheus !== undefined)
    writeMetrics(options.prometheus, await auditMetrics(violationsThatCount(report, options), new Date()))
  terminal.out(context.json ? JSON.stringify(report) : reportText(report, terminal.columns))
  return auditEnds(report, options)
}

export const auditEnds = (report: Pick<AuditReport, 'found' | 'discarded'>, options: AuditOptions): ExitCode =>
  violationsThatCount(report, options) > 0 ? exit.found : exit.fine

function reportText(report: AuditReport, width: number | undefined): string {
  const { sagas, figures, books, found, violations, discarded } = report
  const sums = figures.flatMap(({ family, services, sagas: ofFamily, sums: byFigure }) =>
    Object.entries(byFigure).map(([figure, said]) => ({ family, services, ofFamily, figure, said })),
  )
  const endings = Object.entries(sagas.endings).map(([ending, counts]) => ({ ending, ...counts }))
  const right = { align: 'right' as const }
  const sections = [
    `sagas that began before ${second(report.before)}${report.atRest ? ', at rest' : ''}: ${sagas.settled} settled, ${sagas.open} open, of which ${sagas.blocked} blocked by a letter; ${sagas.later} settled later, ${sagas.movedOn} moved on while read, ${sagas.unknown} unknown to who settles them, ${sagas.discarded} with a discarded message`,
    endings.length > 0 &&
      table(
        endings,
        [
          { title: 'ENDING', of: row => row.ending },
          { title: 'SETTLED', of: row => String(row.settled), ...right },
          { title: 'OPEN', of: row => String(row.open), ...right },
        ],
        width,
      ),
    sums.length > 0 &&
      table(
        sums,
        [
          { title: 'SETTLED SAGAS AGREE ON', of: row => row.figure },
          { title: 'SAGAS', of: row => String(row.ofFamily), ...right },
          { title: 'SUMS', of: row => amounts(row.said) },
        ],
        width,
      ),
    books.length > 0 &&
      table(
        books,
        [
          { title: 'BOOK COMES TO ZERO', of: row => `${row.service}: ${row.book}` },
          { title: 'ACCOUNTS', of: row => String(row.accounts), ...right },
          { title: 'WRONG', of: row => String(row.wrong), ...right },
          { title: 'SUMS', of: row => amounts(row.parts) },
        ],
        width,
      ),
    discarded.found > 0 &&
      [
        `${discarded.found} violations of sagas with a discarded message, apart:`,
        ...discarded.violations.map(named),
      ].join('\n'),
    found === 0
      ? `no ${discarded.found > 0 ? 'other ' : ''}violations`
      : [
          `${found} violations${found > violations.length ? `, the first ${violations.length}` : ''}:`,
          ...violations.map(named),
        ].join('\n'),
  ]
  return sections.filter(Boolean).join('\n\n')
}
const named = (violation: Parameters<typeof violationText>[0]) => `  ${violationText(violation)}`
const amounts = (said: Readonly<Record<string, number>>) =>
  Object.entries(said)
    .map(([who, amount]) => `${who} ${amount}`)
    .join(', ')
