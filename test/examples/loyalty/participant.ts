import { participant } from 'saga-kit'
import { OrderConfirmed, OrderRefunded } from 'shop-schemas'
import { earnPoints, nothingToTakeBack, takeBackPoints } from './earn-points.ts'
import { PointsEarned, PointsTakenBack } from './events.ts'
import { states } from './states.ts'

/** Owns the customers' points: a confirmed order earns some, a refunded one loses them. Nobody waits for it. */
export const loyalty = participant(
  { service: 'loyalty', states, settings: {}, final: [PointsEarned, PointsTakenBack] },
  ({ on }) => [
    on(OrderConfirmed)
      .reads('earnings', e => [e.orderId])
      .action('earn_points', { emits: [PointsEarned], withinMs: 60_000, run: earnPoints }),
    on(OrderRefunded)
      .reads('earnings', e => [e.orderId])
      .compensates('earn_points', { emits: [PointsTakenBack], run: takeBackPoints, otherwise: nothingToTakeBack }),
  ],
)
