import type { Participant } from 'saga-kit'
import type { Scenario } from 'saga-kit/simulation'
import { Deposit } from '../../services/balance/src/deposit.ts'
import { balance } from '../../services/balance/src/participant.ts'
import { ReceiveStock } from '../../services/inventory/src/commands.ts'
import { inventory } from '../../services/inventory/src/participant.ts'
import { neverCalled } from '../../services/notification/src/examples.ts'
import type { Mail } from '../../services/notification/src/mailer.ts'
import { notification } from '../../services/notification/src/participant.ts'
import { SetContact } from '../../services/notification/src/set-contact.ts'
import { SetPrice } from '../../services/order/src/commands.ts'
import { order } from '../../services/order/src/participant.ts'
import { constraints } from './constraints.ts'
import { brokenPromises } from './told.ts'
import { visit } from './visits.ts'

const participants: Participant<any, any>[] = [order, inventory, balance, notification(neverCalled)]
const sent = (_mail: Mail) => ({ channel: 'mail' })

export const currency = 'EUR'
export const priceMinor = 100
const wish = (service: string, command: Scenario['before'][number]['command'], body: object) => ({
  ...{ service, command, body },
})

const before = [
  ...['tea', 'lamp', 'last', 'none'].map(sku => wish('order', SetPrice, { sku, currency, unitPriceMinor: priceMinor })),
  wish('inventory', ReceiveStock, { sku: 'tea', quantity: 1_000 }),
  wish('inventory', ReceiveStock, { sku: 'lamp', quantity: 12 }),
  wish('inventory', ReceiveStock, { sku: 'last', quantity: 1 }),
  wish('balance', Deposit, { customerId: 'rich', currency, amountMinor: 1_000_000 }),
  wish('balance', Deposit, { customerId: 'ann', currency, amountMinor: 900 }),
  wish('balance', Deposit, { customerId: 'ben', currency, amountMinor: 250 }),
  ...['rich', 'ann', 'nobody'].map(customerId =>
    wish('notification', SetContact, { customerId, email: `${customerId}@example.org` }),
  ),
]

/** The shop, small enough that its sagas meet: four skus and four customers, short of both pieces and money. */
export const shop: Scenario = {
  ...{ participants, constraints },
  // Short, so that what is late by seconds meets them.
  settings: { order: { orderTimeoutMs: 20_000 }, inventory: { stockReleaseDelayMs: 10_000 } },
  targets: { notify_confirmed: sent, notify_cancelled: sent, notify_refunded: sent },
  before,
  customer: visit,
  check: rest => brokenPromises(before, rest, priceMinor),
}
