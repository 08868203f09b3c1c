import type { Pool } from 'pg'
import { goods, type VisitKind } from '../load/visits.ts'
import type { Check } from './check.ts'
import type { Told, ToldOrder } from './told.ts'

interface OrderRow {
  readonly order_id: string
  readonly customer_id: string
  readonly currency: string
  readonly total_minor: number
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
  readonly status: string
  readonly reason: string | null
  readonly settled: boolean
}

export interface OrderFindings {
  readonly checks: readonly Check[]
  /** `CANCELLED (customer)`, by how many. */
  readonly endings: ReadonlyMap<string, number>
  /** Mails that must have gone out, by template. */
  readonly mails: Readonly<Record<'confirmed' | 'cancelled' | 'refunded', number>>
}

const pageSize = 5_000

/** Compares each order of the database with what was asked and answered. */
export async function judgeOrders(db: Pool, told: Told): Promise<OrderFindings> {
  const other: string[] = []
  const nobodys: string[] = []
  const ignored: string[] = []
  const unwanted: string[] = []
  const open: string[] = []
  const endings = new Map<string, number>()
  const mails = { confirmed: 0, cancelled: 0, refunded: 0 }
  const missing = new Set(told.orders.keys())

  for await (const row of orderRows(db)) {
    const { order_id: id, status, reason, settled } = row
    const ending = endingOf(row)
    endings.set(ending, (endings.get(ending) ?? 0) + 1)
    if (!settled) open.push(`${id} is ${ending}`)
    if (isReachable(row.customer_id)) {
      if (status === 'CANCELLED') mails.cancelled++
      else if (status !== 'PENDING') mails.confirmed++
      if (status === 'REFUNDED') mails.refunded++
    }
    missing.delete(id)
    const wanted = told.orders.get(id)
    if (!wanted) {
      nobodys.push(`${id} of ${row.customer_id}`)
      continue
    }
    if (contentOf(row) !== contentOfTold(wanted))
      other.push(`${wanted.key}: asked for ${contentOfTold(wanted)}, but ${id} is ${contentOf(row)}`)
    if (told.cancelled.has(id) !== (status === 'CANCELLED' && reason === 'customer'))
      ignored.push(`${id}: its cancellation was ${told.cancelled.has(id) ? '' : 'not '}granted, and it is ${ending}`)
    if (told.refunded.has(id) !== ['REFUNDING', 'REFUNDED'].includes(status))
      ignored.push(`${id}: its refund was ${told.refunded.has(id) ? '' : 'not '}granted, and it is ${ending}`)
    if (settled && !endingsOf[wanted.kind as VisitKind].includes(ending))
      unwanted.push(`${wanted.key} (${wanted.kind}): ${id} is ${ending}`)
  }
  const lost = [...missing].map(id => `${told.orders.get(id)!.key}: there is no order ${id}`)
  return {
    endings,
    mails,
    checks: [
      {
        name: 'acknowledged orders are there, as they were asked for',
        asksFor: 'lost',
        violations: [...lost, ...other],
      },
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
const endingsOf: Readonly<Record<VisitKind, readonly string[]>> = {
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

const endingOf = ({ status, reason }: OrderRow) => (reason === null ? status : `${status} (${reason})`)
const isReachable = (customerId: string) => customerId !== goods.unreachable && !customerId.startsWith('nobody-')

function contentOf({ customer_id, currency, lines, total_minor }: OrderRow): string {
  return `${total_minor} ${currency} of ${customer_id} for ${textOf(lines)}`
}
function contentOfTold({ customerId, currency, lines }: ToldOrder): string {
  const totalMinor = lines.reduce((sum, { quantity }) => sum + quantity * goods.priceMinor, 0)
  return `${totalMinor} ${currency} of ${customerId} for ${textOf(lines)}`
}
const textOf = (lines: OrderRow['lines']) => lines.map(({ sku, quantity }) => `${quantity} ${sku}`).join(', ')

async function* orderRows(db: Pool): AsyncGenerator<OrderRow> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await db.query(
      `select order_id, customer_id, currency, total_minor, lines, status, reason, settled
       from orders where order_id > $1 order by order_id limit ${pageSize}`,
      [after],
    )
    if (rows.length === 0) return
    yield* rows
    after = rows.at(-1).order_id
  }
}
