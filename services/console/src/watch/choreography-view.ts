import { checkChoreography, type Declared, graphOf, type Reaction } from 'saga-kit/operating'
import type { Choreography } from '../contract.ts'
import { flowOf } from '../flow.ts'
import { addBuckets, withinMs } from './latencies.ts'
import type { Operation, Taken } from './taken.ts'
import { isUnobservable } from './unobservable.ts'

/** An edge, as often as it was taken in some time. */
export interface SeenEdge extends Pick<Taken, 'kind' | 'message' | 'from' | 'to'> {
  readonly seen: number
  /** Latencies by bucket. */
  readonly buckets: readonly number[]
  readonly lastAt: Date
}
type Node = Choreography['nodes'][number]
type Edge = Choreography['edges'][number]

/**
 * What is declared, with what was seen of it in some minutes.
 * @param earlier declarations that stood before: what was published by them is not undeclared, but has no place in the graph
 */
export function choreographyOf(o: {
  readonly declared: readonly Declared[]
  readonly earlier: readonly Declared[]
  readonly seen: readonly SeenEdge[]
  readonly minutes: number
}): Choreography {
  const { declared, seen, minutes } = o
  const { services } = flowOf(declared)
  const edges = declaredEdges(declared)
  const nodes = new Map(edges.flatMap(({ from, to }) => [from, to]).map(node => [node.id, node]))
  for (const { service, reactions } of declared)
    for (const reaction of reactions)
      nodes.set(idOf({ service, ...reaction }), nodeOf({ service, ...reaction }, 'step'))

  const rates = (rows: readonly SeenEdge[]) => ratesOf(rows, minutes)
  const stranger = (operation: Operation | null, kind: Taken['kind']) => {
    const node = operation ? nodeOf(operation, 'outside') : outside(kind === 'timer' ? 'a timer' : 'a request')
    if (!nodes.has(node.id)) nodes.set(node.id, node)
    return node.id
  }
  return {
    edges: [
      ...edges.map((edge): Edge => {
        const { from, to, message, kind, turnsBack, reaction } = edge
        const taken = rates(seen.filter(edge.is))
        const own = declared.find(({ service }) => service === reaction.service)?.reactions ?? []
        const standing = taken.seen > 0 ? 'seen' : isUnobservable(reaction, own) ? 'unobservable' : 'unseen'
        return { from: from.id, to: to.id, message, kind, turnsBack, standing, ...taken }
      }),
      ...undeclaredAmong(seen, [...declared, ...o.earlier]).map(
        (row): Edge => ({
          ...{
            from: stranger(row.from, row.kind),
            to: stranger(row.to, row.kind),
            message: row.message || 'a request',
          },
          ...{
            kind: row.kind,
            turnsBack: row.to.direction === 'compensation',
            standing: 'undeclared',
            ...rates([row]),
          },
        }),
      ),
    ],
    nodes: [...nodes.values()].sort((a, b) => services(a.service ?? '', b.service ?? '')),
    findings: checkChoreography(declared).map(({ code, service, text }) => ({ kind: code, service, text })),
  }
}

interface DeclaredEdge {
  readonly from: Node
  readonly to: Node
  /** Whose event or timer it is; undefined where it comes from outside. */
  readonly by: Reaction | undefined
  readonly reaction: Reaction
  readonly message: string
  readonly kind: Taken['kind']
  readonly turnsBack: boolean
  readonly is: (row: Pick<Taken, 'kind' | 'message' | 'from' | 'to'>) => boolean
}

/** From each step to those that its events and timers wake, and from outside to where sagas begin. */
export function declaredEdges(declared: readonly Declared[]): DeclaredEdge[] {
  const graph = graphOf(declared)
  const beginnings = graph.beginnings.map((reaction): DeclaredEdge => {
    const { on: message, kind, service } = reaction
    const from = kind === 'command' ? { ...outside(message), service, kind: 'command' as const } : outside(message)
    return {
      ...{ from, to: nodeOf(reaction, 'step'), by: undefined, reaction, message, kind, turnsBack: false },
      // A request's id has its path, not its command: of several commands to one step any may have been it.
      is: row => row.kind === kind && isSame(row.to, reaction) && (kind === 'command' || row.message === message),
    }
  })
  const between = graph.reactions.flatMap(by =>
    by.emits.flatMap(emission =>
      graph.hear(by, emission).map((reaction): DeclaredEdge => {
        const { type: message, kind, rejects = false } = emission
        const turnsBack = rejects || by.direction === 'compensation' || reaction.direction === 'compensation'
        return {
          ...{ from: nodeOf(by, 'step'), to: nodeOf(reaction, 'step'), by, reaction, message, kind, turnsBack },
          // Who set a timer is not seen.
          is: row =>
            row.kind === kind &&
            row.message === message &&
            isSame(row.to, reaction) &&
            (kind === 'timer' || isSame(row.from, by)),
        }
      }),
    ),
  )
  // A step may react to several messages of one publisher in the same way: an edge is what is between two steps.
  const all = [...beginnings, ...between]
  const key = ({ from, to, message, kind }: DeclaredEdge) => [from.id, to.id, kind, message].join(' ')
  return [...new Map(all.map(edge => [key(edge), edge])).values()]
}

/** What was seen and is in nobody's declaration. */
export function undeclaredAmong<Row extends Pick<SeenEdge, 'kind' | 'message' | 'from' | 'to'>>(
  seen: readonly Row[],
  declared: readonly Declared[],
): Row[] {
  const edges = declaredEdges(declared)
  return seen.filter(row => !edges.some(edge => edge.is(row)))
}

function ratesOf(
  rows: readonly SeenEdge[],
  minutes: number,
): Pick<Edge, 'seen' | 'perMinute' | 'p50WithinMs' | 'p95WithinMs' | 'lastAt'> {
  const seen = rows.reduce((sum, row) => sum + row.seen, 0)
  const buckets = rows.map(row => row.buckets).reduce(addBuckets, [])
  const last = Math.max(...rows.map(({ lastAt }) => lastAt.getTime()))
  return {
    ...{ seen, perMinute: seen / minutes, p50WithinMs: withinMs(buckets, 0.5), p95WithinMs: withinMs(buckets, 0.95) },
    lastAt: rows.length > 0 ? new Date(last).toISOString() : null,
  }
}
const isSame = (a: Operation | null, b: Operation) =>
  a !== null && a.service === b.service && a.step === b.step && a.direction === b.direction

const idOf = ({ service, step, direction }: Operation) => `${service}/${step}/${direction}`
const nodeOf = (operation: Operation, kind: Node['kind']): Node => ({
  ...{ id: idOf(operation), service: operation.service, kind, compensation: operation.direction === 'compensation' },
  label:
    operation.step === '' ? '?' : operation.direction === 'compensation' ? `undo ${operation.step}` : operation.step,
})
const outside = (label: string): Node => ({
  id: `outside/${label}`,
  service: null,
  label,
  kind: 'outside',
  compensation: false,
})
