import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createDatabase } from '../infra/local/databases.ts'
import { migrate } from '../shared/src/postgres/migrate.ts'

// Behind the fence and the handlers: what the database itself refuses, whoever writes it. Each row is right but for one thing.

type Row = Readonly<Record<string, unknown>>
interface Table {
  readonly service: string
  readonly table: string
  readonly right: Row
  /** What is changed of the right row, by what is wrong with it. */
  readonly wrong: Readonly<Record<string, Row>>
  /** Other rows that are right. */
  readonly alsoRight?: readonly Row[]
}

const beyondSafe = '9007199254740992'
const at = '2026-01-01T00:00:00Z'
const order = {
  ...{
    customer_id: 'ann',
    currency: 'EUR',
    total_minor: 100,
    lines: '[{"sku":"tea"}]',
    status: 'PENDING',
    reason: null,
  },
  ...{ settled: false, stock_committed_at: null, stock_released_at: null, stock_returned_at: null },
  ...{ cancellation_refund_minor: null, requested_refund_minor: null, created_at: at, updated_at: at },
}
const cancelled = {
  status: 'CANCELLED',
  reason: 'customer',
  settled: true,
  stock_released_at: at,
  cancellation_refund_minor: 0,
}
const refunded = {
  status: 'REFUNDED',
  reason: 'refund',
  settled: true,
  requested_refund_minor: 100,
  stock_returned_at: at,
}

const tables: Table[] = [
  {
    ...{ service: 'inventory', table: 'stock' },
    right: { sku: 'tea', received: 10, on_hand: 5, reserved: 3, sold: 2 },
    wrong: {
      'stock out of nowhere': { on_hand: 6 },
      'stock that is gone': { sold: 1 },
      'negative on hand': { on_hand: -1, reserved: 9 },
      'negative reserved': { on_hand: 9, reserved: -1 },
      'negative sold': { on_hand: 9, sold: -2 },
      'negative received': { received: -1, on_hand: 0, reserved: 0, sold: -1 },
      'more than is exact': { received: beyondSafe, on_hand: beyondSafe, reserved: 0, sold: 0 },
      'no count': { on_hand: null },
    },
  },
  {
    ...{ service: 'inventory', table: 'reservations' },
    right: { order_id: randomUUID(), basket: 'b', lines: '[{"sku":"tea"}]', status: 'reserved' },
    wrong: { 'an unknown status': { status: 'lost' }, 'no lines': { lines: '[]' }, 'no list': { lines: '{}' } },
    alsoRight: ['committed', 'held', 'released', 'returned', 'taken-over'].map(status => ({ status })),
  },
  {
    ...{ service: 'inventory', table: 'holds' },
    right: { basket: 'b', order_ids: '["x"]' },
    wrong: { 'an entry without orders': { order_ids: '[]' } },
  },
  {
    ...{ service: 'balance', table: 'accounts' },
    right: {
      customer_id: 'ann',
      currency: 'EUR',
      balance_minor: 70,
      deposited_minor: 100,
      deducted_minor: 50,
      refunded_minor: 20,
    },
    wrong: {
      'a negative balance': { balance_minor: -30, deposited_minor: 0, deducted_minor: 50, refunded_minor: 20 },
      'money out of nowhere': { balance_minor: 71 },
      'money that is gone': { balance_minor: 69 },
      'more refunded than deducted': { refunded_minor: 51, balance_minor: 101 },
      'negative deposits': { deposited_minor: -1, balance_minor: -31 },
      'negative deductions': { deducted_minor: -1, refunded_minor: 0, balance_minor: 101 },
      'negative refunds': { refunded_minor: -1, balance_minor: 49 },
      'more than is exact': {
        deposited_minor: beyondSafe,
        deducted_minor: 0,
        refunded_minor: 0,
        balance_minor: beyondSafe,
      },
      'a currency in small letters': { currency: 'eur' },
      'no currency': { currency: '' },
    },
  },
  {
    ...{ service: 'balance', table: 'debits' },
    right: { order_id: randomUUID(), customer_id: 'ann', currency: 'EUR', amount_minor: 5, refunded_at: null },
    wrong: {
      'a negative debit': { amount_minor: -5 },
      'more than is exact': { amount_minor: beyondSafe },
      'no currency': { currency: null },
      'a currency in small letters': { currency: 'eur' },
    },
  },
  {
    ...{ service: 'order', table: 'prices' },
    right: { sku: 'tea', currency: 'EUR', unit_price_minor: 5 },
    wrong: {
      'a negative price': { unit_price_minor: -1 },
      'a currency of four letters': { currency: 'EURO' },
      'more than is exact': { unit_price_minor: beyondSafe },
    },
  },
  {
    ...{ service: 'order', table: 'orders' },
    right: { order_id: randomUUID(), ...order },
    wrong: {
      'an unknown status': { status: 'LOST' },
      'no lines': { lines: '[]' },
      'a negative total': { total_minor: -1 },
      'a negative refund': { ...cancelled, cancellation_refund_minor: -1 },
      'a negative refund that was asked for': { ...refunded, requested_refund_minor: -1 },
      'settled while pending': { settled: true },
      'pending with a reason': { reason: 'customer' },
      'cancelled without a reason': { ...cancelled, reason: null },
      'cancelled and settled with its stock still held': { ...cancelled, stock_released_at: null },
      'cancelled and settled with its money still kept': { ...cancelled, cancellation_refund_minor: null },
      'cancelled with all its facts and not settled': { ...cancelled, settled: false },
      'confirmed and settled without its stock': { status: 'CONFIRMED', settled: true },
      'confirmed with its stock and not settled': { status: 'CONFIRMED', stock_committed_at: at },
      'settled while refunding': { status: 'REFUNDING', reason: 'refund', settled: true },
      'refunded and not settled': { ...refunded, settled: false },
      'refunded without the stock': { ...refunded, stock_returned_at: null },
    },
    alsoRight: [
      cancelled,
      refunded,
      { status: 'CONFIRMED' },
      { status: 'CONFIRMED', settled: true, stock_committed_at: at },
    ],
  },
  {
    ...{ service: 'notification', table: 'contacts' },
    right: { customer_id: 'ann', email: 'ann@example.org' },
    wrong: { 'no address': { email: 'ann' }, 'nobody at a place': { email: '@example.org' } },
  },
  {
    ...{ service: 'notification', table: 'notifications' },
    right: notification('confirmed'),
    wrong: {
      'an unknown template': { ...notification('confirmed'), template: 'praise' },
      'an unknown channel': { channel: 'pigeon' },
      'an id of another order': { order_id: randomUUID() },
      'an id of another template': { template: 'refunded' },
    },
    alsoRight: [notification('cancelled'), notification('refunded')],
  },
]
function notification(template: string): Row {
  const orderId = randomUUID()
  const what = { channel: 'stored', subject: 's', text: 't', sent_at: at }
  return { id: `${orderId}/${template}`, order_id: orderId, template, ...what }
}

describe.each([...Map.groupBy(tables, table => table.service)])('%s', (service, ofService) => {
  let client: pg.Client
  beforeAll(async () => {
    const url = await createDatabase(inject('adminUrl'), `constraints_${service}_${randomUUID().slice(0, 8)}`)
    await migrate(url, new URL(`../services/${service}/migrations`, import.meta.url))
    client = new pg.Client({ connectionString: url })
    await client.connect()
  })
  afterAll(() => client.end())

  /** Gives the SQLSTATE, or undefined; nothing stays. */
  async function insert(table: string, row: Row): Promise<string | undefined> {
    const columns = Object.keys(row)
    await client.query('begin')
    try {
      await client.query(
        `insert into ${table} (${columns.join()}) values (${columns.map((_, i) => `$${i + 1}`).join()})`,
        Object.values(row),
      )
      return undefined
    } catch (error) {
      return (error as { code: string }).code
    } finally {
      await client.query('rollback')
    }
  }

  for (const { table, right, wrong, alsoRight = [] } of ofService) {
    test(`${table}: rows that are right are taken`, async () => {
      for (const change of [{}, ...alsoRight]) expect(await insert(table, { ...right, ...change })).toBeUndefined()
    })
    test.each(Object.entries(wrong))(`${table}: %s is refused`, async (_, change) => {
      // 23514 check_violation, 23502 not_null_violation, 22023 a list was expected
      expect(['23514', '23502', '22023']).toContain(await insert(table, { ...right, ...change }))
    })
  }
})
