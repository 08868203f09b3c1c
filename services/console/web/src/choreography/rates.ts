import type { Choreography } from '../../../src/contract.ts'
import { thousands } from '../parts/counted.ts'
import { duration } from '../parts/duration.ts'

export type Edge = Choreography['edges'][number]
export type Node = Choreography['nodes'][number]

/** Always by the minute, so that two edges can be compared: `7,200/min`, `12/min`, `0.4/min`. */
export function rateText(perMinute: number): string {
  if (perMinute >= 10) return `${thousands(Math.round(perMinute))}/min`
  if (perMinute >= 0.1) return `${perMinute.toFixed(1)}/min`
  if (perMinute >= 0.01) return `${perMinute.toFixed(2)}/min`
  return perMinute > 0 ? '< 0.01/min' : 'none'
}

/** `under 20 ms`: where below that is not known. */
export const withinText = (ms: number) => `under ${duration(ms)}`

/** What is written below an edge's message. */
export function edgeText({ standing, perMinute, p50WithinMs }: Edge): string {
  if (standing === 'unseen') return 'not seen'
  if (standing === 'unobservable') return 'may go unseen'
  if (standing === 'undeclared') return `not declared · ${rateText(perMinute)}`
  return p50WithinMs === null ? rateText(perMinute) : `${rateText(perMinute)} · ${withinText(p50WithinMs)}`
}

export const messageText = ({ kind, message }: Pick<Edge, 'kind' | 'message'>) =>
  kind === 'timer' ? `timer ${message}` : message

/** What an edge is called in the graph, where a request's node says already which one it is. */
export const labelOf = (edge: Pick<Edge, 'kind' | 'message'>) =>
  edge.kind === 'command' ? 'request' : messageText(edge)

/** Names an edge among all; between two steps there may be several. */
export const edgeKey = ({ from, to, kind, message }: Edge) => `${from} ${to} ${kind} ${message}`
