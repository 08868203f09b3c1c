import type { Reader } from 'saga-kit/runtime'
import { z } from 'zod'

/** Without addresses: whoever may read what was sent need not know to whom. */
export const notificationsView = z.object({
  notifications: z.array(
    z.object({
      orderId: z.string(),
      template: z.string(),
      channel: z.string(),
      subject: z.string(),
      text: z.string(),
      sentAt: z.iso.datetime(),
    }),
  ),
})
export type NotificationsView = z.input<typeof notificationsView>

/** An order has at most one of each template, so that there is nothing to page. */
export async function listNotifications(db: Reader, orderId: string): Promise<NotificationsView> {
  const { rows } = await db.query(
    `select order_id as "orderId", template, channel, subject, text, sent_at as "sentAt"
     from notifications where order_id = $1 order by sent_at, id`,
    [orderId],
  )
  const notifications = rows.map(row => ({ ...row, sentAt: (row.sentAt as Date).toISOString() }))
  return { notifications: notifications as NotificationsView['notifications'] }
}
