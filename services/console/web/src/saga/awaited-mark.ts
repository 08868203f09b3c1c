import type { Awaited } from '../../../src/contract.ts'
import type { Mark } from './lanes/item.ts'

/** Whether what is awaited is dead or late, or only a timer that has been set for the case that all else stays away. */
export const awaitedMark = ({ overdue, stands }: Pick<Awaited, 'overdue' | 'stands'>): Mark => {
  if (stands === 'dead') return { text: 'dead', tone: 'bad', icon: 'blocked' }
  if (overdue) return { text: 'overdue', tone: 'warn', icon: 'overdue' }
  if (stands === 'timer') return { text: 'timer', tone: 'plain', icon: 'open' }
  return { text: 'awaited', tone: 'accent', icon: 'wait' }
}
