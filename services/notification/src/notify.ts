import {
  type Context,
  type Lookups,
  type Outcome,
  PermanentError,
  type Rejected,
  reject,
  succeed,
  type Views,
} from 'saga-kit'
import { NotificationSent } from 'shop-schemas'
import type { Mail, Sent } from './mailer.ts'
import { mailAbout, type Notable, templateOf, type Written } from './mails.ts'
import type { States } from './states.ts'

type Seen = Lookups<States, 'contacts'> & Views<States, 'notifications'>

export const notificationId = (event: Notable) => `${event.orderId}/${templateOf(event)}`

/** What is to be sent, committed before it is. A customer without a contact is told nothing, and the saga does not wait. */
export function intendMail(event: Notable, { contacts, notifications }: Seen): { request: Mail } | Rejected<never> {
  const id = notificationId(event)
  if (notifications.get(id)) throw new PermanentError('notification-exists', `${id} was sent before`)
  const contact = contacts.get(event.customerId)
  if (!contact) return reject('no-contact')
  const { subject, text } = mailAbout(event)
  return { request: { to: contact.email, subject, text } }
}

/** Where there is no mail server: what would have been sent is there to read, and the step ends without a call. */
export function storeMail(event: Notable, seen: Seen, context: Context<unknown>): Outcome<NotificationSent> {
  const intended = intendMail(event, seen)
  return 'request' in intended ? kept(event, intended.request, { channel: 'stored' }, seen, context) : intended
}

export function recordMail(
  event: Notable,
  sent: Sent,
  seen: Seen,
  context: Context<unknown>,
): Outcome<NotificationSent> {
  return kept(event, mailAbout(event), sent, seen, context)
}

function kept(
  event: Notable,
  { subject, text }: Written,
  { channel }: Sent,
  { notifications }: Seen,
  { now }: Context<unknown>,
): Outcome<NotificationSent> {
  const { orderId } = event
  const template = templateOf(event)
  notifications.put({ id: notificationId(event), orderId, template, channel, subject, text, sentAt: now })
  return succeed(NotificationSent({ orderId, channel, template }))
}
