import type { Awaited } from '../../../src/contract.ts'

/** What calls for somebody first: overdue, then dead, then by deadline; armed timers, which mostly never fire, last. */
export const inOrderOfNeed = (awaited: readonly Awaited[]): Awaited[] =>
  awaited.toSorted((a, b) => rank(a) - rank(b) || deadline(a) - deadline(b))

const rank = ({ overdue, stands }: Awaited) => (overdue ? 0 : stands === 'dead' ? 1 : stands === 'timer' ? 3 : 2)
const deadline = ({ by }: Awaited) => (by === null ? Number.MAX_SAFE_INTEGER : Date.parse(by))
