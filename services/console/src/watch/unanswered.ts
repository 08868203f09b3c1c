import type { Declared, DeclaredReaction } from 'saga-kit/operating'
import { declaredEdges, type SeenEdge } from './choreography-view.ts'
import type { Operation } from './taken.ts'
import { isUnobservable } from './unobservable.ts'

/** An event, as often as it was published in some time. */
export interface PublishedEvent {
  readonly by: Operation
  readonly type: string
  readonly seen: number
}
/** An edge that should have been taken by now. */
export interface Unanswered {
  readonly message: string
  readonly service: string
  readonly step: string
  readonly direction: 'action' | 'compensation'
  readonly published: number
}

/** Once or twice something else may have been in its way: a failure, another step that was faster. */
const few = 5

/**
 * Declared edges whose event was published more than a few times, and whose reader has not answered anything at all, nor
 * what stands for its answer. A reader that answers this event's step by another event is not blamed: the first of them does
 * the work. Nor is one with a filter, or one that may be taken without a trace.
 */
export function unanswered(
  declared: readonly Declared[],
  published: readonly PublishedEvent[],
  seen: readonly Pick<SeenEdge, 'to'>[],
): Unanswered[] {
  const found = declaredEdges(declared).flatMap(({ kind, by, message, reaction }) => {
    const { service, step, direction } = reaction
    const own = declared.find(each => each.service === service)?.reactions ?? []
    if (kind !== 'event' || !by || isQuiet(reaction, own)) return []
    const times = published
      .filter(each => each.type === message && isSame(each.by, by))
      .reduce((sum, each) => sum + each.seen, 0)
    const steps = standingFor(step, own)
    if (times <= few || seen.some(({ to }) => to.service === service && steps.has(to.step))) return []
    return [{ message, service, step, direction, published: times }]
  })
  return found
}

type Answering = Pick<DeclaredReaction, 'on' | 'step' | 'direction'> & { readonly emits: readonly Emission[] }
type Emission = Pick<DeclaredReaction['emits'][number], 'type' | 'kind'>

/** One that may say nothing, and be right. */
function isQuiet({ on, step, direction, emits }: Answering, own: readonly DeclaredReaction[]): boolean {
  return (
    isUnobservable({ step, emits }, own) ||
    own.some(r => r.on === on && r.step === step && r.direction === direction && r.filtered)
  )
}

/** The step, in either direction; those that it excludes, or that exclude it; and those that a timer of it wakes. */
function standingFor(step: string, own: readonly DeclaredReaction[]): ReadonlySet<string> {
  const same = own.filter(r => r.step === step)
  const timers = same.flatMap(r => r.emits.flatMap(({ kind, type }) => (kind === 'timer' ? [type] : [])))
  return new Set([
    step,
    ...same.flatMap(r => r.excludes ?? []),
    ...own.filter(r => r.excludes?.includes(step) || (r.kind === 'timer' && timers.includes(r.on))).map(r => r.step),
  ])
}

const isSame = (a: Operation, b: Operation) =>
  a.service === b.service && a.step === b.step && a.direction === b.direction
