import { describe, expect, test } from 'vitest'
import { causeOf, stepOf } from './cause.ts'

const sagaId = '01a204b0-7099-7cd8-b2e8-1213998b381d'
const seen = (id: string) => (id === `${sagaId}/place_order/action` ? 'OrderPlaced' : undefined)

test.each([
  [`${sagaId}/place_order/action`, 'place_order'],
  [`${sagaId}/reserve_stock/compensation`, 'undo reserve_stock'],
  [`${sagaId}/place_order/action/1`, 'place_order'],
])('%s was done by %s', (eventId, step) => expect(stepOf(eventId, sagaId)).toBe(step))

describe('because of', () => {
  test.each([
    ['an event that was seen', `${sagaId}/place_order/action`, 'OrderPlaced'],
    ['an event that was not', `${sagaId}/reserve_stock/compensation`, 'undo reserve_stock'],
    ['a command', 'order/POST /orders/anonymous/a-key', 'POST /orders'],
    ['a command to a saga', `order/POST /orders/${sagaId}/cancel/anonymous/a-key`, 'POST /orders/…/cancel'],
    ['a timer', `inventory/${sagaId}/HoldExpired`, 'timer HoldExpired'],
    ['nothing', undefined, ''],
  ])('%s', (_, causationId, because) => expect(causeOf({ causationId, sagaId }, seen)).toBe(because))
})
