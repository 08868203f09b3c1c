import type { Awaited, Trace } from 'saga-kit/operating'

/** Something past its time, and who owes it. */
export interface OverdueStep {
  readonly service: string
  readonly step: string
  readonly direction: 'action' | 'compensation'
  readonly eventId: string
  /** What it answers. */
  readonly eventType: string
  readonly oneOf: readonly string[]
  readonly since: Date | null
  readonly due: Date
  readonly stands: string
  readonly attempts: number
  readonly errorMessage: string | null
}
export interface Look {
  readonly overdue: readonly OverdueStep[]
  /** The next moment at which something that is awaited now becomes due; null when nothing will. */
  readonly dueNext: Date | null
}

type Waiting = Pick<Trace, 'verdict' | 'awaited'>

/** What a saga waits for past its time, as its participants say. */
export function overdueIn({ verdict, awaited }: Waiting, now: Date, afterMs: number): Look {
  const owed = awaited.flatMap(each => {
    const due = overdueFrom(each, verdict, now, afterMs)
    return due === null ? [] : [{ each, due }]
  })
  const later = owed.filter(({ due }) => due > now).map(({ due }) => due.getTime())
  return {
    overdue: owed.filter(({ due }) => due <= now).map(({ each, due }) => overdueStep(each, due)),
    dueNext: later.length > 0 ? new Date(Math.min(...later)) : null,
  }
}

/**
 * From when on something is overdue: the one measure of lists, pages, filters and metrics. Null for what is not counted: what
 * a filter may have turned away; what is parked, since it stands behind something that is named itself; and all of a saga
 * that is blocked by a dead letter, which an alert of its own tells of.
 * @param afterMs how long an answer may take of which no declaration says it; and a timer that is due, until it has fired
 */
export function overdueFrom(each: Awaited, verdict: Trace['verdict'], now: Date, afterMs: number): Date | null {
  const isExcused = verdict === 'blocked' || each.stands === 'may-ignore' || each.stands === 'parked'
  return isExcused ? null : dueAt(each, now, afterMs)
}

function dueAt({ stands, by, since }: Awaited, now: Date, afterMs: number): Date {
  if (by !== null && stands !== 'timer') return new Date(by)
  // When its event was published is known to its publisher only: from now on, then.
  const from = by ?? since
  return new Date((from === null ? now.getTime() : Date.parse(from)) + afterMs)
}

function overdueStep(
  { step, direction, because, messageId, waiting, service, oneOf, since, stands }: Awaited,
  due: Date,
): OverdueStep {
  return {
    ...{ service, step: step ?? '', direction: direction ?? 'action', eventId: messageId, eventType: because.what },
    ...{ oneOf, since: since === null ? null : new Date(since), due, stands },
    ...{ attempts: waiting?.attempts ?? 0, errorMessage: waiting?.errorMessage ?? null },
  }
}

const [shortestMs, longestMs] = [15_000, 600_000]
/**
 * When something becomes due, where nothing is overdue yet: an armed timer is looked at when it is due and not before. Else
 * twice as late each time. @param looks how many there were before this one
 */
export function lookAgainAt({ overdue, dueNext }: Look, looks: number, now: Date): Date {
  // A second more: what is due has then come, or not.
  const dueMs = dueNext === null ? Number.POSITIVE_INFINITY : Math.max(dueNext.getTime(), now.getTime()) + 1_000
  const backoffMs = now.getTime() + Math.min(longestMs, shortestMs * 2 ** Math.min(looks, 20))
  return new Date(overdue.length === 0 && dueNext !== null ? dueMs : Math.min(dueMs, backoffMs))
}
