import { expect, test } from 'vitest'
import { mermaidOf } from './mermaid.ts'

test('tells a choreography from where it begins, with the events between its steps', () => {
  const never = { undoneBy: undefined }
  const order = {
    ...{ service: 'order-desk', topic: 'order.events' },
    final: ['Confirmed'],
    reactions: [
      {
        ...{ on: 'Place', kind: 'command' as const, step: 'place', direction: 'action' as const, ...never },
        emits: [
          { type: 'Placed', kind: 'event' as const },
          { type: 'TooLate', kind: 'timer' as const },
        ],
      },
      {
        ...{ on: 'Paid', kind: 'event' as const, step: 'confirm', direction: 'action' as const, ...never },
        emits: [{ type: 'Confirmed', kind: 'event' as const }],
      },
      {
        ...{ on: 'TooLate', kind: 'timer' as const, step: 'give_up', direction: 'action' as const, ...never },
        emits: [],
      },
      { on: 'Unpaid', kind: 'event' as const, step: 'place', direction: 'compensation' as const, ...never, emits: [] },
    ],
  }
  const pay = {
    ...{ service: 'pay', topic: 'pay.events' },
    reactions: [
      {
        ...{ on: 'Placed', kind: 'event' as const, step: 'pay', direction: 'action' as const },
        emits: [
          { type: 'Paid', kind: 'event' as const },
          { type: 'Unpaid', kind: 'event' as const, rejects: true },
        ],
      },
    ],
  }
  const expected = `flowchart LR
  order_desk_place["order-desk<br/>place"]
  pay_pay["pay<br/>pay"]
  order_desk_give_up["order-desk<br/>give_up"]
  order_desk_confirm["order-desk<br/>confirm"]
  order_desk_undo_place["order-desk<br/>undo place"]
  Place(["Place"]) --> order_desk_place
  order_desk_place -->|Placed| pay_pay
  order_desk_place -->|timer TooLate| order_desk_give_up
  pay_pay -->|Paid| order_desk_confirm
  pay_pay -.->|Unpaid| order_desk_undo_place
  classDef undo stroke-dasharray: 4 4
  class order_desk_undo_place undo`
  expect(mermaidOf([order, pay])).toBe(expected)
  expect(mermaidOf([pay, order])).toBe(expected)
})
