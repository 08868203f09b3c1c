import { fails, succeeded, testing } from 'saga-kit/testing'
import { OrderConfirmed, OrderRefunded } from 'shop-schemas'
import { test } from 'vitest'
import { PointsEarned, PointsTakenBack } from './events.ts'
import { loyalty } from './participant.ts'

const orderId = '01994d52-7d10-7000-8000-000000000001'
const confirmed = OrderConfirmed({ orderId, customerId: 'ada', currency: 'EUR', totalMinor: 2_550 })
const refunded = OrderRefunded({ orderId, customerId: 'ada', currency: 'EUR', amountMinor: 2_550 })
const earning = { orderId, customerId: 'ada', points: 25, takenBackAt: null }
const { given, now } = testing(loyalty)

test('a confirmed order earns a point for each hundred minor units', () =>
  given()
    .when(confirmed)
    .then(succeeded(PointsEarned({ orderId, customerId: 'ada', points: 25 })), { earnings: [earning] }))
test('a refund takes them back', () =>
  given({ earnings: [earning] })
    .done('earn_points')
    .when(refunded)
    .then(succeeded(PointsTakenBack({ orderId, points: 25 })), { earnings: [{ ...earning, takenBackAt: now }] }))
test('a refund of what never earned takes nothing', () =>
  given()
    .notDone('earn_points')
    .when(refunded)
    .then(succeeded(PointsTakenBack({ orderId, points: 0 }))))
test('points that the fence knows and the table does not are a dead letter', () =>
  given().done('earn_points').when(refunded).then(fails('earning-missing')))
