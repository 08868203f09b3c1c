/**
 * What a fixed load costs, of what does not depend on the machine. A figure that changes is to be changed here by whoever
 * changes it, who then sees what it costs everybody.
 */
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { connections, type ServiceEngine, startEngines } from './engines.ts'
import { type Engines, run, stockUp } from './orders.ts'
import { allocatedBy, type Cost, walOf } from './watch.ts'

const orders = 100
let engines: Engines
beforeAll(async () => {
  engines = await startEngines(inject('adminUrl'))
  await stockUp(engines)
  for (let n = 0; n < 5; n++) await run(engines, orders)
})
afterAll(async () => {
  for (const engine of Object.values(engines)) await engine.close()
})

const difference = (after: Cost, before: Cost): Cost => ({
  transactions: after.transactions - before.transactions,
  statements: after.statements - before.statements,
  roundTrips: after.roundTrips - before.roundTrips,
  alone: after.alone - before.alone,
})
const all = (): ServiceEngine[] => Object.values(engines)

test.each([1, orders])('statements, round trips and transactions of orders placed at once: %i', async together => {
  const before = all().map(({ cost }) => cost())
  await run(engines, together)
  const cost = all().map((engine, at) => [engine.name, difference(engine.cost(), before[at]!)])
  expect(Object.fromEntries(cost)).toEqual({
    order: { transactions: 3, statements: 34, roundTrips: 13, alone: 2 },
    inventory: { transactions: 2, statements: 24, roundTrips: 9, alone: 2 },
    balance: { transactions: 1, statements: 10, roundTrips: 4, alone: 1 },
    notification: { transactions: 1, statements: 9, roundTrips: 4, alone: 1 },
  })
})

test('an outside call is a second transaction', async () => {
  const mailing = await startEngines(inject('adminUrl'), { mails: true })
  await stockUp(mailing)
  for (let n = 0; n < 5; n++) await run(mailing, orders)
  const before = mailing.notification.cost()
  await run(mailing, orders)
  expect(difference(mailing.notification.cost(), before)).toEqual({
    ...{ transactions: 2, statements: 21, roundTrips: 8, alone: 1 },
  })
  for (const engine of Object.values(mailing)) await engine.close()
})

const expectWithin15Percent = (found: number, expected: number) => {
  expect(found).toBeGreaterThan(0.85 * expected)
  expect(found).toBeLessThan(1.15 * expected)
}

test('bytes of write-ahead log an order', async () => {
  const wal = async () => {
    const each = await Promise.all(all().map(({ pool }) => walOf(pool, connections)))
    return each.reduce((sum, { bytes, pages }) => ({ bytes: sum.bytes + bytes, pages: sum.pages + pages }))
  }
  const measured = async (): Promise<number> => {
    const before = await wal()
    for (let n = 0; n < 5; n++) await run(engines, orders)
    const after = await wal()
    // After a checkpoint of the shared PostgreSQL pages are written whole, which is nobody's doing.
    return after.pages > before.pages ? measured() : (after.bytes - before.bytes) / (5 * orders)
  }
  expectWithin15Percent(await measured(), 14_650)
})

test('bytes of garbage an order', async () => {
  const bytes = await allocatedBy(async () => {
    for (let n = 0; n < 5; n++) await run(engines, orders)
  })
  expectWithin15Percent(bytes / (5 * orders), 196_000)
})
