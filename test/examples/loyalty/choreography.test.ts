import { whatTheChoreographyGetsWrong } from 'saga-kit/choreography'
import { expect, test } from 'vitest'
import { participants } from '../../e2e/participants.ts'
import { loyalty } from './participant.ts'

test('it fits into the shop as the shop is', () => {
  expect(whatTheChoreographyGetsWrong([...Object.values(participants), loyalty])).toEqual([])
})
