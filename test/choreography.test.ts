import { whatTheChoreographyGetsWrong } from 'saga-kit/choreography'
import { expect, test } from 'vitest'
import { participants } from './e2e/participants.ts'

test("the shop's participants fit together", () => {
  expect(whatTheChoreographyGetsWrong(Object.values(participants))).toEqual([])
})

test('each of them is missed when it is not there', () => {
  for (const missing of Object.keys(participants)) {
    const others = Object.values(participants).filter(({ service }) => service !== missing)
    expect(whatTheChoreographyGetsWrong(others), missing).not.toEqual([])
  }
})
