import { planId, sagaId } from './fixtures/refused-order.fixture.ts'

const event = `event:/inventory:${sagaId}/reserve_stock/action`

/** Every page, by what one sees there. */
export const paths = {
  sagas: '/sagas',
  saga: `/sagas/${sagaId}`,
  'an event of a saga': `/sagas/${sagaId}?item=${encodeURIComponent(event)}`,
  'a blocked saga': '/sagas/019ad0b1-5c4c-7a31-9f6e-2b7d0c51e4bb',
  choreography: '/choreography',
  letters: '/letters',
  'a group of letters': '/letters?service=balance&step=deduct_balance&error=ledger-unavailable',
  'a letter': `/letter?service=balance&id=${encodeURIComponent(`${sagaId}/reserve_stock/action`)}&sagaId=${sagaId}`,
  plans: '/plans',
  'a plan': `/plans/${planId}`,
  acts: '/acts',
  health: '/health',
  'no such page': '/nowhere',
} as const
