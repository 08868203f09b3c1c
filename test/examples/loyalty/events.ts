import { type Event, type EventSchema, event } from 'saga-kit'

/** The customer has points for the order. */
export type PointsEarned = Event<
  'PointsEarned',
  { readonly orderId: string; readonly customerId: string; readonly points: number }
>
export const PointsEarned = event<PointsEarned>({
  fullName: 'shop.loyalty.PointsEarned',
  topic: 'loyalty.events.v1',
  sagaField: 'orderId',
  avro: {
    type: 'record',
    name: 'PointsEarned',
    namespace: 'shop.loyalty',
    fields: [
      { name: 'orderId', type: 'string', sagaId: true },
      { name: 'customerId', type: 'string' },
      { name: 'points', type: 'long' },
    ],
  } as object as EventSchema['avro'],
})

/** What the order had earned is gone again; 0 when it had earned nothing. */
export type PointsTakenBack = Event<'PointsTakenBack', { readonly orderId: string; readonly points: number }>
export const PointsTakenBack = event<PointsTakenBack>({
  fullName: 'shop.loyalty.PointsTakenBack',
  topic: 'loyalty.events.v1',
  sagaField: 'orderId',
  avro: {
    type: 'record',
    name: 'PointsTakenBack',
    namespace: 'shop.loyalty',
    fields: [
      { name: 'orderId', type: 'string', sagaId: true },
      { name: 'points', type: 'long' },
    ],
  } as object as EventSchema['avro'],
})
