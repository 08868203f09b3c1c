import type { Pool } from 'pg'
import { endingOf, type FoundOrder, promisesOf } from '../../told/promises.ts'
import { channelOf } from '../ground/telling.ts'
import { goods, type OrderKind } from '../load/visits.ts'
import type { Check } from './check.ts'
import type { Journalled } from './told.ts'

interface OrderRow extends FoundOrder {
  readonly settled: boolean
}

export interface OrderFindings {
  readonly checks: readonly Check[]
  /** `CANCELLED (customer)`, by how many. */
  readonly endings: ReadonlyMap<string, number>
  /** What customers must have been told, by template and channel. */
  readonly mails: ReadonlyMap<string, number>
}

const pageSize = 5_000

/** Compares each order of the database with what was asked and answered. */
export async function judgeOrders(db: Pool, told: Journalled): Promise<OrderFindings> {
  const promises = promisesOf(told, goods.priceMinor)
  const unwanted: string[] = []
  const open: string[] = []
  const endings = new Map<string, number>()
  const mails = new Map<string, number>()
  const add = (counts: Map<string, number>, name: string) => void counts.set(name, (counts.get(name) ?? 0) + 1)

  for await (const row of orderRows(db)) {
    const { orderId: id, customerId, status, settled } = row
    const ending = endingOf(row)
    add(endings, ending)
    if (!settled) open.push(`${id} is ${ending}`)
    if (isReachable(customerId)) {
      const tell = (template: string) => add(mails, mailName(template, channelOf(customerId)))
      if (status === 'CANCELLED') tell('cancelled')
      else if (status !== 'PENDING') tell('confirmed')
      if (status === 'REFUNDED') tell('refunded')
    }
    promises.compare(row)
    const wanted = told.orders.get(id)
    if (settled && wanted && !endingsOf[wanted.kind as OrderKind].includes(ending))
      unwanted.push(`${wanted.key} (${wanted.kind}): ${id} is ${ending}`)
  }
  const { lost, ignored, nobodys } = promises.broken()
  return {
    endings,
    mails,
    checks: [
      { name: 'acknowledged orders are there, as they were asked for', asksFor: 'lost', violations: lost },
      { name: 'acknowledged cancellations and refunds took effect, no others', asksFor: 'lost', violations: ignored },
      { name: 'there is no order that nobody was told of', asksFor: 'doubled', violations: nobodys },
      { name: 'orders ended in a way that they can', asksFor: 'wrong', violations: unwanted },
      { name: 'every order is settled', asksFor: 'stuck', violations: open },
    ],
  }
}

const confirmed = 'CONFIRMED'
const late = 'CANCELLED (timed-out)'
const dropped = 'CANCELLED (customer)'
const noStock = 'CANCELLED (stock-rejected)'
const noMoney = 'CANCELLED (balance-rejected)'
/** What may become of an order, by what its customer had in mind. */
const endingsOf: Readonly<Record<OrderKind, readonly string[]>> = {
  plain: [confirmed, late],
  hammered: [confirmed, late],
  hurried: [confirmed, late],
  cancelled: [confirmed, late, dropped],
  'taken-over': [confirmed, late, dropped],
  refunded: [confirmed, late, 'REFUNDED (requested by the customer)'],
  'out-of-stock': [noStock, late],
  poor: [noMoney, late],
  'no-account': [noMoney, late],
  race: [confirmed, late, noStock],
}

export const mailName = (template: string, channel: string) => `${template}, ${channel}`

const isReachable = (customerId: string) => customerId !== goods.unreachable && !customerId.startsWith('nobody-')

async function* orderRows(db: Pool): AsyncGenerator<OrderRow> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await db.query(
      `select order_id as "orderId", customer_id as "customerId", currency, total_minor as "totalMinor", lines, status, reason, settled
       from orders where order_id > $1 order by order_id limit ${pageSize}`,
      [after],
    )
    if (rows.length === 0) return
    yield* rows
    after = rows.at(-1).orderId
  }
}
