import { state } from 'saga-kit'
import type { Template } from './mails.ts'

export interface Contact {
  readonly customerId: string
  readonly email: string
}

/** Evidence of a mail that went out, without the address that it went to. */
export interface Notification {
  /** `<orderId>/<template>` */
  readonly id: string
  readonly orderId: string
  readonly template: Template
  readonly channel: string
  readonly subject: string
  readonly text: string
  readonly sentAt: Date
}

/** In lock order. */
export const states = {
  contacts: state<Contact>()({ table: 'contacts', key: 'customerId' }),
  notifications: state<Notification>()({ table: 'notifications', key: 'id' }),
}
export type States = typeof states
