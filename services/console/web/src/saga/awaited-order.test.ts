import { expect, test } from 'vitest'
import type { Awaited } from '../../../src/contract.ts'
import { inOrderOfNeed } from './awaited-order.ts'

const awaited = (step: string, rest: Partial<Awaited>) =>
  ({ step, overdue: false, stands: null, by: null, ...rest }) as Awaited

test('overdue first, then dead, then by deadline; timers last', () => {
  const all = [
    awaited('timer', { stands: 'timer', by: '2026-11-28T14:00:00Z' }),
    awaited('whenever', {}),
    awaited('later', { by: '2026-11-28T15:00:00Z' }),
    awaited('soon', { by: '2026-11-28T14:00:00Z' }),
    awaited('dead', { stands: 'dead' }),
    awaited('late', { overdue: true, stands: 'timer' }),
  ]
  expect(inOrderOfNeed(all).map(({ step }) => step)).toEqual(['late', 'dead', 'soon', 'later', 'whenever', 'timer'])
})
