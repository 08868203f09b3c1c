import type { Awaited } from '../../operating/trace/awaited.ts'
import type { Cause } from '../../operating/trace/cause.ts'
import type { Trace, TracedStep } from '../../operating/trace/trace-of.ts'
import { rowLines } from '../row-lines.ts'
import type { Column } from '../table.ts'
import { oneLine, table } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { millisecond, second, shortly } from '../times.ts'

const meaning: Record<Trace['verdict'], string> = {
  settled: 'settled: nothing is awaited',
  open: 'open: something is awaited',
  blocked: 'blocked by a dead letter',
  unknown: 'unknown: not everybody answers, or is declared',
  'not-found': 'not found: nobody has seen it, or all have forgotten it',
}

/** A trace for people. Times are UTC. @param o.rows also what each step changed of the saga's own rows */
export function traceText(
  trace: Trace,
  terminal: Pick<Terminal, 'styled' | 'columns'>,
  o: { readonly rows?: boolean } = {},
): string {
  const { styled, columns } = terminal
  const began = trace.steps[0]?.at
  const title = `saga ${trace.sagaId}${began ? `, first seen ${second(began)}` : ''}`
  const colour = { settled: 'green', open: 'yellow', blocked: 'red', unknown: 'red', 'not-found': 'red' } as const
  const sections = [
    `${styled('bold', title)}\n${styled(colour[trace.verdict], meaning[trace.verdict])}`,
    trace.steps.length > 0 && table(trace.steps, stepColumns(terminal), columns),
    o.rows && `${styled('bold', 'rows')}\n${rowsOf(trace, terminal)}`,
    trace.awaited.length > 0 &&
      `${styled('bold', 'awaited')}\n${trace.awaited.map(each => awaitedLine(each, Date.parse(trace.at))).join('\n')}`,
    trace.unpublished.length > 0 &&
      `${styled('bold', 'not published yet')}\n${trace.unpublished.map(({ service, type, topic, createdAt }) => `  ${type} of ${service} on ${topic}, since ${second(createdAt)}`).join('\n')}`,
    trace.acts.length > 0 &&
      `${styled('bold', 'operators')}\n${trace.acts
        .map(
          ({ at, operator, act, service, id, reason, forced }) =>
            `  ${second(at)}  ${operator}: ${act} ${id} at ${service}${forced ? ' by force' : ''}${reason ? `: ${reason}` : ''}`,
        )
        .join('\n')}`,
    trace.silent.length > 0 &&
      `${styled('bold', 'not known')}\n${trace.silent.map(({ service, why }) => `  ${service} ${why}`).join('\n')}`,
  ]
  return sections.filter(Boolean).join('\n\n')
}

const stepColumns = ({ styled }: Pick<Terminal, 'styled'>): Column<TracedStep>[] => [
  { title: 'TIME', of: step => millisecond(step.at) },
  { title: 'SERVICE', of: step => step.service },
  { title: 'STEP', of: step => step.operation },
  {
    title: 'STATUS',
    of: ({ status, errorCode }) => {
      const text = errorCode === null ? status : `${status} (${errorCode})`
      return status === 'dead' || status === 'failed' ? styled('red', text) : text
    },
  },
  { title: 'TRIES', of: step => (step.attempts > 1 ? String(step.attempts) : ''), align: 'right' },
  { title: 'BECAUSE OF', of: step => told(step.cause) },
  { title: 'PUBLISHED', of: step => step.emitted.join(', ') },
]

function rowsOf({ steps }: Trace, terminal: Pick<Terminal, 'styled'>): string {
  const lines = steps.flatMap(({ at, service, operation, rows }) =>
    rows.flatMap(row => [`  ${millisecond(at)}  ${service} ${operation}: ${row.table}`, ...rowLines(row, terminal)]),
  )
  return lines.length > 0 ? lines.join('\n') : '  none is kept: see SAGA_IMAGES'
}

const told = ({ what, from }: Cause) => (from === null ? what : `${what} of ${from}`)

function awaitedLine(
  { service, operation, oneOf, because, by, overdue, stands, waiting, since }: Awaited,
  atMs: number,
) {
  const answer = oneOf.length > 0 ? `${oneOf.join(' or ')} from ${service}` : `${service}`
  const step = operation && ` (${operation})`
  const due = by === null ? '' : ` by ${second(by)}${overdue ? `, overdue by ${shortly(atMs - Date.parse(by))}` : ''}`
  const ago = since === null ? '' : ` ${shortly(atMs - Date.parse(since))} ago`
  const cause = told(because)
  const tries = waiting && `${waiting.attempts} ${waiting.attempts === 1 ? 'try' : 'tries'}`
  const error = waiting?.errorCode ? `, ${waiting.errorCode}: ${oneLine(waiting.errorMessage ?? '')}` : ''
  const why = {
    timer: `${cause} is armed`,
    retry:
      waiting?.attempts === 0
        ? `${cause} is about to be tried`
        : `${cause} is tried again${waiting?.dueAt ? ` at ${second(waiting.dueAt)}` : ''} after ${tries}${error}`,
    parked: `${cause} is parked behind what is unfinished there`,
    calling: `${cause} waits for the end of an outside call, ${tries}`,
    dead: `${cause} is dead after ${tries}${error}; id ${waiting?.id}`,
    'not-taken': `${cause}, published${ago}, has not been taken`,
    'not-published': `${cause} has committed${ago} and is not published yet`,
    'may-ignore': `${cause}, published${ago}, has not been taken; its filter may ignore it`,
    unfinished: `${cause} was just being taken: look again`,
    silent: `${cause} was published${ago}, and ${service} does not say whether it was taken`,
  }[stands]
  return `  ${answer}${step}${due}: ${why}`
}
