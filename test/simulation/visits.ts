import type { Customer, Scenario, Wish } from 'saga-kit/simulation'
import { Deposit } from '../../services/balance/src/deposit.ts'
import { ReceiveStock } from '../../services/inventory/src/commands.ts'
import { CancelOrder, PlaceOrder, RequestRefund } from '../../services/order/src/commands.ts'
import { currency } from './shop.ts'

type Arrival = Parameters<Scenario['customer']>[0]
type Random = Arrival['random']

const weights = { plain: 4, cancelled: 4, refunded: 4, 'taken-over': 3, both: 2, paysIn: 3, delivers: 1 }
const urn = (Object.keys(weights) as (keyof typeof weights)[]).flatMap(kind =>
  Array<typeof kind>(weights[kind]).fill(kind),
)

/** What a customer does: places an order, and has second thoughts at any moment, or none. */
export function* visit({ random, newSagaId }: Arrival): Customer {
  const kind = random.pick(urn)
  if (kind === 'paysIn')
    return void (yield wish('balance', Deposit, {
      customerId: random.pick(['ann', 'new', 'newer']),
      currency,
      amountMinor: 100,
    }))
  if (kind === 'delivers')
    return void (yield wish('inventory', ReceiveStock, { sku: random.pick(['lamp', 'last']), quantity: 1 }))

  const basket = {
    customerId: random.pick(['rich', 'rich', 'ann', 'ann', 'ben', 'nobody']),
    currency,
    lines: lines(random),
  }
  const orderId = newSagaId()
  const placed = yield wish('order', PlaceOrder, { orderId, ...basket })
  if (placed.status !== 'accepted') return
  if (kind === 'cancelled' || kind === 'taken-over') yield wish('order', CancelOrder, { orderId }, anyTime(random))
  if (kind === 'taken-over') yield wish('order', PlaceOrder, { orderId: newSagaId(), ...basket }, anyTime(random))
  if (kind === 'refunded' || kind === 'both') {
    // Not before it is confirmed, which may never be.
    for (let tries = 0; tries < 4; tries++) {
      const { status } = yield wish('order', RequestRefund, { orderId, reason: 'it did not fit' }, anyTime(random))
      if (status === 'accepted') break
      if (kind === 'both') yield wish('order', CancelOrder, { orderId }, random.int(0, 50))
    }
  }
}

const wish = (service: string, command: Wish['command'], body: object, afterMs = 0): Wish => ({
  ...{ service, command, body, afterMs },
})

function lines(random: Random): object[] {
  return random
    .shuffled(['tea', 'tea', 'lamp', 'lamp', 'last', 'none'])
    .slice(0, random.pick([1, 1, 2]))
    .filter((sku, i, all) => all.indexOf(sku) === i)
    .map(sku => ({ sku, quantity: sku === 'lamp' ? random.int(1, 4) : 1 }))
}

/** Most second thoughts come while the order is under way, some when its time is nearly over. */
const anyTime = (random: Random) => random.int(0, random.pick([20, 100, 400, 2_000, 22_000]))
