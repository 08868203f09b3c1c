import type { Pool } from 'pg'
import type { ShopDatabases } from '../../e2e/invariants.ts'
import { differences } from '../../told/differences.ts'
import type { Told } from '../../told/told.ts'
import type { TopicWatch } from '../ground/topic-watch.ts'
import type { Check } from './check.ts'
import { mailName, type OrderFindings } from './orders.ts'

/** What was asked for once and would count double: money and goods that came in, mails that went out, events. */
export async function judgeSums(
  shop: ShopDatabases,
  told: Told,
  { mails, endings }: OrderFindings,
  watch: Pick<TopicWatch, 'events' | 'outOfOrder' | 'differentCopies'>,
): Promise<Check[]> {
  const deposited = await sumsOf(shop.balance, 'select customer_id as name, deposited_minor as sum from accounts')
  const received = await sumsOf(shop.inventory, 'select sku as name, received as sum from stock')
  const { rows } = await shop.notification.query('select template, channel, count(*) from notifications group by 1, 2')
  const sent = new Map<string, number>(rows.map(({ template, channel, count }) => [mailName(template, channel), count]))
  const settled = (...statuses: readonly string[]) =>
    [...endings].reduce((sum, [ending, count]) => sum + (statuses.includes(ending.split(' ')[0]!) ? count : 0), 0)
  const mailsSent = [...sent.values()].reduce((sum, count) => sum + count, 0)
  const eventsDue = new Map([
    ['OrderPlaced', settled('PENDING', 'CONFIRMED', 'CANCELLED', 'REFUNDING', 'REFUNDED')],
    ['OrderConfirmed', settled('CONFIRMED', 'REFUNDING', 'REFUNDED')],
    ['OrderCancelled', settled('CANCELLED')],
    ['OrderRefunded', settled('REFUNDED')],
    ['NotificationSent', mailsSent],
  ])
  const due = (what: string, expected: ReadonlyMap<string, number>, found: ReadonlyMap<string, number>): Check[] => {
    const { missing, tooMany } = differences(expected, found)
    return [
      { name: `${what}: none is missing`, asksFor: 'lost', violations: missing },
      { name: `${what}: none counts twice`, asksFor: 'doubled', violations: tooMany },
    ]
  }
  const onTopics = new Map([...eventsDue.keys()].map(type => [type, watch.events.get(type) ?? 0]))
  return [
    ...due('acknowledged deposits', told.deposits, deposited),
    ...due('acknowledged receipts', told.receipts, received),
    ...due('mails', mails, sent),
    ...due('events on the topics', eventsDue, onTopics),
    {
      name: 'first copies of a saga stand on a topic in the order of their commits',
      asksFor: 'wrong',
      violations: watch.outOfOrder,
    },
    { name: 'copies of an event are the event', asksFor: 'doubled', violations: watch.differentCopies },
  ]
}

async function sumsOf(db: Pool, text: string): Promise<Map<string, number>> {
  const { rows } = await db.query(text)
  return new Map(rows.map(({ name, sum }) => [name, sum]))
}
