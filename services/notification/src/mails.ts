import type { OrderCancelled, OrderConfirmed, OrderRefunded } from 'shop-schemas'
import { formatMinor } from './money.ts'

/** The events that a customer is told of. */
export type Notable = OrderConfirmed | OrderCancelled | OrderRefunded

const templates = { OrderConfirmed: 'confirmed', OrderCancelled: 'cancelled', OrderRefunded: 'refunded' } as const
export type Template = (typeof templates)[Notable['type']]
export const templateOf = (event: Notable): Template => templates[event.type]

export interface Written {
  readonly subject: string
  readonly text: string
}

/** The mail about an event: the same one at every try. */
export function mailAbout(event: Notable): Written {
  const order = `Order ${event.orderId}`
  switch (event.type) {
    case 'OrderConfirmed': {
      const total = formatMinor(event.totalMinor, event.currency)
      return { subject: `${order} is confirmed`, text: `Thank you. ${order} is confirmed; you paid ${total}.` }
    }
    case 'OrderCancelled':
      return { subject: `${order} is cancelled`, text: `${order} is cancelled: ${why[event.reason] ?? lastResort}` }
    case 'OrderRefunded': {
      const amount = formatMinor(event.amountMinor, event.currency)
      return { subject: `${order} is refunded`, text: `${order} is refunded; ${amount} went back to your account.` }
    }
  }
}

/** Order may have reasons by now that were not known when this was deployed. */
const lastResort = 'it could not be completed. Whatever you had paid is on its way back.'
const why: Readonly<Record<OrderCancelled['reason'], string>> = {
  customer: 'you asked for it. Whatever you had paid is on its way back.',
  'stock-rejected': 'we do not have what you ordered. You have not paid anything.',
  'balance-rejected': 'your balance could not pay for it. You have not paid anything.',
  'timed-out': 'we could not complete it in time. Whatever you had paid is on its way back.',
}
