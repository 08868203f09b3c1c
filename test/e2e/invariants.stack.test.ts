import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { createDatabase } from '../../infra/local/databases.ts'
import { type ServiceName, serviceNames } from '../../infra/shop/topics.ts'
import { createPool } from '../../shared/src/postgres/connect.ts'
import { migrate } from '../../shared/src/postgres/migrate.ts'
import { newSagaId } from '../../shared/src/testing/engine.fixture.ts'
import { auditShop, violationsOf } from './invariants.ts'
import { unique } from './stage.ts'

/** The tables of a shop without its services: what they should never write, we write. */
const pools = {} as Record<ServiceName, pg.Pool>
const beganMs = Date.now() - 10_000
const [confirmed, cancelled, refunded, held, next, paidBack, unpaid] = Array.from({ length: 7 }, (_, n) =>
  newSagaId(beganMs + n),
) as [string, string, string, string, string, string, string]
const stranger = newSagaId(beganMs + 100)

beforeAll(async () => {
  for (const service of serviceNames) {
    const url = await createDatabase(inject('adminUrl'), `${unique('audit').replace('-', '_')}_${service}`)
    await migrate(url, new URL(`../../services/${service}/migrations/`, import.meta.url))
    pools[service] = createPool({ url, poolSize: 1, applicationName: 'test' })
  }
  // The tables refuse much of this by themselves; here it is asked whether the audit would see it, too.
  await pools.balance.query('alter table accounts drop constraint accounts_balance, drop constraint accounts_check')
  await pools.inventory.query('alter table stock drop constraint stock_is_somewhere')
  await pools.order.query('alter table orders drop constraint orders_settled_by_their_facts')
}, 60_000)
afterAll(() => Promise.all(Object.values(pools).map(pool => pool.end())))

const empty = async (service: ServiceName, ...tables: string[]) => {
  for (const table of tables) await pools[service].query(`delete from ${table}`)
}
beforeEach(async () => {
  for (const service of serviceNames)
    await empty(service, 'saga.sagas', 'saga.waiting', 'saga.outbox', 'saga.operator_acts')
  await empty('order', 'orders')
  await empty('inventory', 'stock', 'reservations', 'holds')
  await empty('balance', 'accounts', 'debits')

  const orders: [string, string, string | null, boolean, number | null][] = [
    [confirmed, 'CONFIRMED', null, true, null],
    [cancelled, 'CANCELLED', 'timed-out', true, 0],
    [paidBack, 'CANCELLED', 'customer', true, 500],
    [refunded, 'REFUNDED', 'broken', true, null],
    [held, 'CANCELLED', 'customer', false, 0],
    [next, 'PENDING', null, false, null],
    [unpaid, 'CONFIRMED', null, false, null],
  ]
  for (const [id, status, reason, settled, cancellationRefundMinor] of orders)
    await pools.order.query(
      `insert into orders (order_id, customer_id, currency, total_minor, lines, status, reason, settled, stock_committed_at,
         stock_released_at, stock_returned_at, cancellation_refund_minor, requested_refund_minor, created_at, updated_at)
       values ($1, 'ada', 'EUR', 500, '[{"sku":"lamp","quantity":2,"unitPriceMinor":250}]', $2, $3, $4,
         case when $2 = 'CONFIRMED' and $4 then now() end, case when $2 = 'CANCELLED' and $4 then now() end,
         case when $2 = 'REFUNDED' then now() end, $5, case when $2 = 'REFUNDED' then 500 end,
         now() - interval '5 s', now() - interval '5 s')`,
      [id, status, reason, settled, cancellationRefundMinor],
    )
  const reservations: [string, string, string, string | null][] = [
    [confirmed, 'committed', 'a', null],
    [cancelled, 'released', 'b', null],
    [refunded, 'returned', 'c', null],
    // Taken over by the next order of the basket: its own timer will find that.
    [held, 'held', 'd', null],
    [next, 'reserved', 'd', held],
    [paidBack, 'taken-over', 'e', null],
    [unpaid, 'reserved', 'e', paidBack],
  ]
  for (const [id, status, basket, tookOver] of reservations)
    await pools.inventory.query(
      `insert into reservations (order_id, basket, lines, status, took_over) values ($1, $2, '[{"sku":"lamp","quantity":2}]', $3, $4)`,
      [id, basket, status, tookOver],
    )
  await pools.inventory.query(`insert into stock (sku, received, on_hand, reserved, sold) values ('lamp', 10, 4, 4, 2)`)
  await pools.balance.query(
    `insert into debits (order_id, customer_id, currency, amount_minor, refunded_at)
     values ($1, 'ada', 'EUR', 500, null), ($2, 'ada', 'EUR', 500, now()), ($3, 'ada', 'EUR', 500, now()), ($4, 'ada', 'EUR', 500, null)`,
    [confirmed, refunded, paidBack, unpaid],
  )
  await pools.balance.query(
    `insert into accounts (customer_id, currency, balance_minor, deposited_minor, deducted_minor, refunded_minor)
     values ('ada', 'EUR', 1000, 2000, 2000, 1000)`,
  )
})

const found = async (service: ServiceName, change: string, o?: { atRest: boolean }) => {
  await pools[service].query(change)
  return violationsOf(await auditShop(pools, o))
}
/** How an account is named that does not come to zero. */
const book = (service: string, name: string, account: string, parts: Record<string, number>) => {
  const listed = Object.entries(parts).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const sum = listed.reduce((total, [, amount]) => total + amount, 0)
  return `${service}, book ${name}, ${account}: ${listed.map(([part, amount]) => `${part} ${amount}`).join(', ')} come to ${sum}, not to 0`
}
const saga = (id: string, status: string, figures: string) => `saga ${id} ${status}: ${figures}`

test('a shop in order has no violation, and its figures', async () => {
  const report = await auditShop(pools)
  expect(violationsOf(report)).toEqual([])
  expect(report.sagas).toEqual({
    endings: {
      CANCELLED: { settled: 2, open: 1 },
      CONFIRMED: { settled: 1, open: 1 },
      PENDING: { settled: 0, open: 1 },
      REFUNDED: { settled: 1, open: 0 },
    },
    ...{ settled: 4, later: 0, open: 3, movedOn: 0, unknown: 0, blocked: 0, discarded: 0 },
  })
  expect(report.figures).toEqual([
    {
      ...{ family: 'deducted', services: ['order', 'balance'], sagas: 4 },
      sums: { 'deducted EUR': { order: 1_500, balance: 1_500 } },
    },
    { family: 'kept', services: ['order', 'inventory'], sagas: 2, sums: { kept: { order: 0, inventory: 0 } } },
    {
      ...{ family: 'refunded', services: ['order', 'balance'], sagas: 4 },
      sums: { 'refunded EUR': { order: 1_000, balance: 1_000 } },
    },
    {
      ...{ family: 'sold', services: ['order', 'inventory'], sagas: 3 },
      sums: { sold: { order: 0, inventory: 0 }, 'sold lamp': { order: 2, inventory: 2 } },
    },
  ])
  expect(report.books).toMatchObject([
    {
      service: 'balance',
      book: 'balance',
      parts: { deposited: 2_000, deducted: -2_000, refunded: 1_000, balance: -1_000 },
    },
    { service: 'balance', book: 'deducted', parts: { account: 2_000, debits: -2_000 } },
    { service: 'balance', book: 'refunded', parts: { account: 1_000, debits: -1_000 } },
    { service: 'inventory', book: 'holds', accounts: 2, parts: { held: 2, 'taken over': -2 } },
    { service: 'inventory', book: 'reserved', parts: { stock: 4, reserved: -4, held: -4, 'taken over': 4 } },
    { service: 'inventory', book: 'sold', parts: { stock: 2, committed: -2 } },
    { service: 'inventory', book: 'stock', parts: { received: 10, 'on hand': -4, reserved: -4, sold: -2 } },
  ])
})

describe('one row that is broken is exactly what is found: between services', () => {
  test.each<[string, ServiceName, string, string]>([
    [
      ...(['money of a settled confirmed order is gone', 'order'] as const),
      `update orders set total_minor = 700 where order_id = '${confirmed}'`,
      saga(confirmed, 'CONFIRMED', 'deducted EUR: order 700, balance 500'),
    ],
    [
      ...(['a confirmed order that is not settled yet has another total', 'order'] as const),
      `update orders set total_minor = 700 where order_id = '${unpaid}'`,
      saga(unpaid, 'CONFIRMED', 'deducted EUR: order 700, balance 500'),
    ],
    [
      ...(['another currency', 'order'] as const),
      `update orders set currency = 'USD' where order_id = '${confirmed}'`,
      saga(confirmed, 'CONFIRMED', 'deducted EUR: order 0, balance 500; deducted USD: order 500, balance 0'),
    ],
    [
      ...(['a refund that was not for the order', 'order'] as const),
      `update orders set status = 'CONFIRMED', reason = null, stock_committed_at = null, settled = false where order_id = '${refunded}'`,
      saga(refunded, 'CONFIRMED', 'refunded EUR: order 0, balance 500'),
    ],
    [
      ...(['a cancelled order whose refund the order never heard of', 'order'] as const),
      `update orders set cancellation_refund_minor = 0 where order_id = '${paidBack}'`,
      saga(paidBack, 'CANCELLED', 'deducted EUR: order 0, balance 500; refunded EUR: order 0, balance 500'),
    ],
    [
      ...(['an order settled before its stock is released', 'order'] as const),
      `update orders set settled = true where order_id = '${held}'`,
      saga(held, 'CANCELLED', 'kept lamp: order 0, inventory 2'),
    ],
    [
      ...(['an order that believes its stock released, and is not settled', 'order'] as const),
      `update orders set stock_released_at = now() where order_id = '${held}'`,
      saga(held, 'CANCELLED', 'kept lamp: order 0, inventory 2'),
    ],
    [
      ...(['other stock is ordered than was sold', 'order'] as const),
      `update orders set lines = '[{"sku":"tea","quantity":1,"unitPriceMinor":500}]' where order_id = '${confirmed}'`,
      saga(confirmed, 'CONFIRMED', 'sold lamp: order 0, inventory 2; sold tea: order 1, inventory 0'),
    ],
    [
      ...(['an order is gone', 'order'] as const),
      `delete from orders where order_id = '${confirmed}'`,
      `saga ${confirmed}: known to balance, inventory, but not to who settles it; deducted EUR: order 0, balance 500; refunded EUR: order 0, balance 0; sold lamp: order 0, inventory 2`,
    ],
    [
      ...(['a saga that only notification has heard of', 'notification'] as const),
      `insert into saga.sagas (saga_id, partition) values ('${stranger}', 0)`,
      `saga ${stranger}: known to notification, but not to who settles it`,
    ],
  ])('%s', async (_, service, change, violation) => {
    expect(await found(service, change)).toEqual([violation])
  })

  test('what two services get wrong of one saga is one violation, and one of each book', async () => {
    await pools.inventory.query(
      `update reservations set lines = '[{"sku":"lamp","quantity":1}]' where order_id = '${confirmed}'`,
    )
    expect(await found('balance', `update debits set refunded_at = now() where order_id = '${confirmed}'`)).toEqual([
      saga(confirmed, 'CONFIRMED', 'refunded EUR: order 0, balance 500; sold lamp: order 2, inventory 1'),
      book('balance', 'refunded', 'ada EUR', { account: 1_000, debits: -1_500 }),
      book('inventory', 'sold', 'lamp', { stock: 2, committed: -1 }),
    ])
  })
})

describe('in the debits', () => {
  const ada = (name: string, account: number, debits: number) => book('balance', name, 'ada EUR', { account, debits })
  test.each<[string, string, readonly string[]]>([
    [
      ...(['a confirmed order is not paid', `delete from debits where order_id = '${confirmed}'`] as const),
      [saga(confirmed, 'CONFIRMED', 'deducted EUR: order 500, balance 0'), ada('deducted', 2_000, -1_500)],
    ],
    [
      ...(['nor one that is not settled yet', `delete from debits where order_id = '${unpaid}'`] as const),
      [saga(unpaid, 'CONFIRMED', 'deducted EUR: order 500, balance 0'), ada('deducted', 2_000, -1_500)],
    ],
    [
      ...(['a refund of nothing', `delete from debits where order_id = '${refunded}'`] as const),
      [
        saga(refunded, 'REFUNDED', 'deducted EUR: order 500, balance 0; refunded EUR: order 500, balance 0'),
        ...[ada('deducted', 2_000, -1_500), ada('refunded', 1_000, -500)],
      ],
    ],
    [
      ...([
        'an order is paid in part',
        `update debits set amount_minor = 499 where order_id = '${confirmed}'`,
      ] as const),
      [saga(confirmed, 'CONFIRMED', 'deducted EUR: order 500, balance 499'), ada('deducted', 2_000, -1_999)],
    ],
    [
      ...(['a refund is not paid', `update debits set refunded_at = null where order_id = '${refunded}'`] as const),
      [saga(refunded, 'REFUNDED', 'refunded EUR: order 500, balance 0'), ada('refunded', 1_000, -500)],
    ],
    [
      ...(['a cancelled order is paid', `insert into debits values ('${cancelled}', 'ada', 'EUR', 500)`] as const),
      [saga(cancelled, 'CANCELLED', 'deducted EUR: order 0, balance 500'), ada('deducted', 2_000, -2_500)],
    ],
    [
      ...(['a debit of no order', `insert into debits values ('${stranger}', 'ada', 'EUR', 1)`] as const),
      [
        `saga ${stranger}: known to balance, but not to who settles it; deducted EUR: order 0, balance 1; refunded EUR: order 0, balance 0`,
        ada('deducted', 2_000, -2_001),
      ],
    ],
    [
      ...([
        'a debit of somebody else',
        `update debits set customer_id = 'bob' where order_id = '${confirmed}'`,
      ] as const),
      [ada('deducted', 2_000, -1_500), book('balance', 'deducted', 'bob EUR', { debits: -500 })],
    ],
  ])('%s', async (_, change, violations) => {
    expect(await found('balance', change)).toEqual(violations)
  })
})

describe('in the accounts', () => {
  const right = { deposited: 2_000, deducted: -2_000, refunded: 1_000, balance: -1_000 }
  const ada = (change: object) => book('balance', 'balance', 'ada EUR', { ...right, ...change })
  test.each<[string, string, string]>([
    ['money from nowhere', 'balance_minor = 1001', ada({ balance: -1_001 })],
    ['money that is gone', 'balance_minor = 999', ada({ balance: -999 })],
    ['a deposit that is gone', 'deposited_minor = 1999', ada({ deposited: 1_999 })],
    [
      'a deduction that no debit bears out',
      'deducted_minor = 2001, balance_minor = 999',
      book('balance', 'deducted', 'ada EUR', { account: 2_001, debits: -2_000 }),
    ],
    [
      'a refund that no debit bears out',
      'refunded_minor = 1001, balance_minor = 1001',
      book('balance', 'refunded', 'ada EUR', { account: 1_001, debits: -1_000 }),
    ],
  ])('%s', async (_, change, violation) => {
    expect(await found('balance', `update accounts set ${change}`)).toEqual([violation])
  })

  test('debits without their account', async () => {
    expect(await found('balance', 'delete from accounts')).toEqual([
      book('balance', 'deducted', 'ada EUR', { debits: -2_000 }),
      book('balance', 'refunded', 'ada EUR', { debits: -1_000 }),
    ])
  })
})

describe('in the stock', () => {
  const lamp = (name: string, parts: Record<string, number>) => book('inventory', name, 'lamp', parts)
  const onHold = (id: string, parts: Record<string, number>) => book('inventory', 'holds', id, parts)
  const reserved = { stock: 4, reserved: -4, held: -4, 'taken over': 4 }
  const ofOrder = (id: string, change: string) => `update reservations set ${change} where order_id = '${id}'`
  test.each<[string, string, readonly string[]]>([
    [
      'a piece from nowhere',
      'update stock set on_hand = 5',
      [lamp('stock', { received: 10, 'on hand': -5, reserved: -4, sold: -2 })],
    ],
    [
      'pieces sold that no reservation bears out',
      'update stock set sold = 3, on_hand = 3',
      [lamp('sold', { stock: 3, committed: -2 })],
    ],
    [
      'pieces reserved that no reservation bears out',
      'update stock set reserved = 5, on_hand = 3',
      [lamp('reserved', { ...reserved, stock: 5 })],
    ],
    [
      'reservations without their stock',
      'delete from stock',
      [lamp('reserved', { reserved: -4, held: -4, 'taken over': 4 }), lamp('sold', { committed: -2 })],
    ],
    [
      'stock of a confirmed order is not sold',
      ofOrder(confirmed, `status = 'reserved'`),
      [
        saga(confirmed, 'CONFIRMED', 'kept lamp: order 0, inventory 2; sold lamp: order 2, inventory 0'),
        ...[lamp('reserved', { ...reserved, reserved: -6 }), lamp('sold', { stock: 2 })],
      ],
    ],
    [
      'stock of a cancelled order is kept',
      ofOrder(cancelled, `status = 'held'`),
      [
        saga(cancelled, 'CANCELLED', 'kept lamp: order 0, inventory 2'),
        ...[onHold(cancelled, { held: 1 }), lamp('reserved', { ...reserved, held: -6 })],
      ],
    ],
    [
      'stock of a refunded order is sold',
      ofOrder(refunded, `status = 'committed'`),
      [saga(refunded, 'REFUNDED', 'sold lamp: order 0, inventory 2'), lamp('sold', { stock: 2, committed: -4 })],
    ],
    [
      'a reservation is gone',
      `delete from reservations where order_id = '${confirmed}'`,
      [saga(confirmed, 'CONFIRMED', 'sold lamp: order 2, inventory 0'), lamp('sold', { stock: 2 })],
    ],
    [
      'a reservation of no order',
      ofOrder(cancelled, `order_id = '${stranger}'`),
      [`saga ${stranger}: known to inventory, but not to who settles it`],
    ],
    [
      'stock that is on hold again after it was taken over',
      `insert into holds values ('d', '["${held}"]')`,
      [onHold(held, { held: 1, 'taken over': -1, 'on hold': -1 })],
    ],
    ['a hold of nothing', `insert into holds values ('z', '["${stranger}"]')`, [onHold(stranger, { 'on hold': -1 })]],
    [
      'a hold that went, and nobody took it over',
      ofOrder(next, 'took_over = null'),
      [onHold(held, { held: 1 }), lamp('reserved', { ...reserved, 'taken over': 2 })],
    ],
  ])('%s', async (_, change, violations) => {
    expect(await found('inventory', change)).toEqual(violations)
  })

  test('a hold cannot be taken over twice: the table refuses it', async () => {
    const twice = `update reservations set took_over = '${held}' where order_id = '${unpaid}'`
    await expect(pools.inventory.query(twice)).rejects.toMatchObject({ constraint: 'reservations_took_over' })
  })
})

describe('at rest', () => {
  const letter = (sagaId: string) =>
    `insert into saga.sagas (saga_id, partition) values ('${sagaId}', 0) on conflict do nothing; insert into saga.waiting (message_id, kind, saga_id, partition, seq, n, headers) values ('m', 'dead', '${sagaId}', 0, 1, 1, '{}')`
  const notSettled = (id: string, status: string) =>
    `saga ${id} ${status}: at rest, neither settled nor blocked by an open letter`

  test('an order that is not settled, unless a letter of it is open somewhere', async () => {
    const open = [notSettled(held, 'CANCELLED'), notSettled(next, 'PENDING'), notSettled(unpaid, 'CONFIRMED')]
    expect(await found('order', 'select 1', { atRest: true })).toEqual(open)
    expect(await found('balance', letter(next), { atRest: true })).toEqual([open[0], open[2]])
    expect(await found('notification', letter(held), { atRest: true })).toEqual([open[2]])
    expect((await auditShop(pools)).sagas).toMatchObject({ open: 3, blocked: 2 })
  })

  test('unless a message of it was discarded: that is named with whatever is wrong with it', async () => {
    await pools.order.query('delete from orders where not settled')
    await empty('inventory', 'reservations', 'stock')
    await pools.balance.query(`delete from debits where order_id = '${unpaid}'`)
    await pools.balance.query('update accounts set deducted_minor = 1500, balance_minor = 1500')
    await pools.balance.query(
      `insert into saga.operator_acts (seq, n, operator, act, saga_id, letter_id, deaths, step, direction, forced)
       values (1, 0, 'ada', 'discard', '${confirmed}', 'm', 1, 'deduct_balance', 'compensation', true)`,
    )
    const report = await auditShop(pools, { atRest: true })
    expect(report.sagas.discarded).toBe(1)
    expect(report.violations).toEqual([])
    expect(violationsOf(report)).toEqual([
      `saga ${confirmed} CONFIRMED (discarded in balance: undo deduct_balance): sold lamp: order 2, inventory 0`,
    ])
  })

  test('an event that was never published, and a message that is retried', async () => {
    await pools.order.query('delete from orders where not settled')
    const outbox = `insert into saga.outbox (seq, n, saga_id, topic, partition, headers, deferred) values (1, 1, '${confirmed}', 't', 0, '{}', false)`
    const retry = letter(refunded).replace('dead', 'retry')
    await pools.balance.query(retry)
    expect(await found('balance', outbox, { atRest: true })).toEqual(
      expect.arrayContaining([
        'balance is at rest with 1 events in its outbox',
        `saga ${confirmed} CONFIRMED: at rest, but unfinished in balance with no open letter there`,
        `saga ${refunded} REFUNDED: at rest, but unfinished in balance with no open letter there`,
      ]),
    )
  })
})

test('what began after the moment, or has settled since, is left out', async () => {
  const young = newSagaId(Date.now() + 60_000)
  await pools.balance.query(`insert into debits values ('${young}', 'ada', 'EUR', 1)`)
  await pools.balance.query('update accounts set deducted_minor = 2001, balance_minor = 999')
  expect(
    await found('order', `update orders set updated_at = now() + interval '1 minute', total_minor = 1 where settled`),
  ).toEqual([])
  expect((await auditShop(pools)).sagas).toMatchObject({ settled: 0, later: 4 })
})
