import type { Choreography } from '../../../src/contract.ts'
import { duration } from '../parts/duration.ts'

export type Edge = Choreography['edges'][number]
export type Node = Choreography['nodes'][number]

/** `12/min`, `0.4/min`; rarer than that by the hour. */
export function rateText(perMinute: number): string {
  if (perMinute >= 10) return `${Math.round(perMinute)}/min`
  if (perMinute >= 0.1) return `${perMinute.toFixed(1)}/min`
  return perMinute > 0 ? `${(perMinute * 60).toFixed(1)}/h` : 'none'
}

/** What is written below an edge's message. */
export function edgeText({ standing, perMinute, p50Ms }: Edge): string {
  if (standing === 'unseen') return 'not seen'
  if (standing === 'unobservable') return 'may go unseen'
  const seen = p50Ms === null ? rateText(perMinute) : `${rateText(perMinute)} · ${duration(p50Ms)}`
  return standing === 'undeclared' ? `not declared · ${rateText(perMinute)}` : seen
}

export const messageText = ({ kind, message }: Pick<Edge, 'kind' | 'message'>) =>
  kind === 'timer' ? `timer ${message}` : message

/** What an edge is called in the graph, where a request's node says already which one it is. */
export const labelOf = (edge: Pick<Edge, 'kind' | 'message'>) =>
  edge.kind === 'command' ? 'request' : messageText(edge)

/** Names an edge among all; between two steps there may be several. */
export const edgeKey = ({ from, to, kind, message }: Edge) => `${from} ${to} ${kind} ${message}`
