import { expect, test } from 'vitest'
import { participants } from './e2e/participants.ts'

test('rule 15: a step name belongs to one service, since it names events, metrics and letters', () => {
  const owners = new Map<string, Set<string>>()
  for (const { service, reactions } of Object.values(participants))
    for (const { step, direction } of reactions)
      if (direction !== 'local') owners.set(step, (owners.get(step) ?? new Set()).add(service))
  expect([...owners].filter(([, services]) => services.size > 1)).toEqual([])
  expect(owners.size).toBeGreaterThan(10)
})
