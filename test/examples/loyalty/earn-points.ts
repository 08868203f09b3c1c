import { type Context, type Outcome, PermanentError, type Succeeded, succeed, type Views } from 'saga-kit'
import type { OrderConfirmed, OrderRefunded } from 'shop-schemas'
import { PointsEarned, PointsTakenBack } from './events.ts'
import type { States } from './states.ts'

/** A point for each hundred minor units. */
export function earnPoints(
  { orderId, customerId, totalMinor }: OrderConfirmed,
  { earnings }: Views<States>,
): Outcome<PointsEarned> {
  if (earnings.get(orderId)) throw new PermanentError('earning-exists', `${orderId} has earned before`)

  const points = Math.floor(totalMinor / 100)
  earnings.put({ orderId, customerId, points, takenBackAt: null })
  return succeed(PointsEarned({ orderId, customerId, points }))
}

/** The fence says that there were points; where the evidence says otherwise the message is a dead letter. */
export function takeBackPoints(
  { orderId }: OrderRefunded,
  { earnings }: Views<States>,
  { now }: Context<unknown>,
): Succeeded<PointsTakenBack> {
  const earning = earnings.get(orderId)
  if (!earning || earning.takenBackAt) throw new PermanentError('earning-missing', `${orderId} has no points to lose`)

  earnings.put({ ...earning, takenBackAt: now })
  return succeed(PointsTakenBack({ orderId, points: earning.points }))
}

/** There never were any, and now never will be: whoever is interested is told all the same. */
export const nothingToTakeBack = ({ orderId }: OrderRefunded): Succeeded<PointsTakenBack> =>
  succeed(PointsTakenBack({ orderId, points: 0 }))
