import { participant } from 'saga-kit'
import { NotificationSent, OrderCancelled, OrderConfirmed, OrderRefunded } from 'shop-schemas'
import { type Mail, type Mailer, noMailer } from './mailer.ts'
import { intendMail, notificationId, recordMail, storeMail } from './notify.ts'
import { SetContact, setContact } from './set-contact.ts'
import { settings } from './settings.ts'
import { states } from './states.ts'

/**
 * Owns the contacts; tells customers how their orders ended. Nobody waits for it, and nothing undoes a mail. Without a
 * mailer mails are only stored.
 */
export const notification = (mailer?: Mailer) => {
  const mailing = {
    ...{ emits: [NotificationSent], undoneBy: 'never', timeoutMs: 10_000, record: recordMail },
    intend: mailer ? intendMail : storeMail,
    call: (mail: Mail, io: Parameters<Mailer['send']>[1]) => (mailer ?? noMailer).send(mail, io),
  } as const
  return participant({ service: 'notification', states, settings, final: [NotificationSent] }, ({ on }) => [
    on(OrderConfirmed)
      .looksUp('contacts', e => [e.customerId])
      .reads('notifications', e => [notificationId(e)])
      .effect('notify_confirmed', mailing),
    on(OrderCancelled)
      .looksUp('contacts', e => [e.customerId])
      .reads('notifications', e => [notificationId(e)])
      .effect('notify_cancelled', mailing),
    on(OrderRefunded)
      .looksUp('contacts', e => [e.customerId])
      .reads('notifications', e => [notificationId(e)])
      .effect('notify_refunded', mailing),

    on(SetContact)
      .reads('contacts', c => [c.customerId])
      .local(setContact),
  ])
}
