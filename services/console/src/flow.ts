import { type Declared, graphOf, reach } from 'saga-kit/operating'

/** Compares by one order; what is not in it comes last, by name. */
export type Compare = (a: string, b: string) => number

export interface Flow {
  readonly services: Compare
  readonly steps: Compare
}

/**
 * The order in which sagas pass through services and steps, as far as they are declared: every page shows them in this one, so
 * that a service is found where it was the last time. Requests of which nobody hears, such as a deposit, are no beginning of
 * a saga.
 */
export function flowOf(declared: readonly Declared[]): Flow {
  const graph = graphOf(declared)
  const beginnings = graph.beginnings.filter(({ emits }) => emits.length > 0)
  const passed = [...reach(graph, beginnings)]
  return {
    services: inOrderOf(passed.map(({ service }) => service)),
    steps: inOrderOf(passed.map(({ step }) => step)),
  }
}

function inOrderOf(names: readonly string[]): Compare {
  const places = new Map([...new Set(names)].map((name, place) => [name, place]))
  const placeOf = (name: string) => places.get(name) ?? places.size
  return (a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : a > b ? 1 : 0)
}
