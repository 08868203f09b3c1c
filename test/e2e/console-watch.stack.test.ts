/** What the console sees of a running shop when a participant is away, and when somebody publishes what nobody declares. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Choreography, Health, SagaDetail, SagaPage } from '../../services/console/src/contract.ts'
import { endings } from './endings.ts'
import { type HandPublisher, handPublisher } from './hand-publisher.ts'
import { type RunningConsole, runConsole } from './running-console.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { settled, stage } from './stage.ts'
import { until } from './until.ts'

let shop: RunningShop
let watching: RunningConsole
let stranger: HandPublisher
beforeAll(async () => {
  shop = await runShop('watch', { environment: { STOCK_RELEASE_DELAY: '4s' } })
  watching = await runConsole(shop, { OVERDUE_AFTER: '2s' })
  stranger = await handPublisher(shop)
}, 120_000)
afterAll(async () => {
  await stranger?.end()
  await watching?.end()
  await shop?.end()
})

/** Not only when nothing new has come of it for a while. */
const checkNow = () => watching.query('update sagas_to_check set check_at = now()')
const health = () => watching.get<Health>('/api/health')
const edges = async () => (await watching.get<Choreography>('/api/choreography?minutes=60')).edges
const edge = async (from: string, message: string, to: string) =>
  (await edges()).find(each => each.from === from && each.message === message && each.to === to)

test('orders of every ending take their edges, and are seen to have kept to the rules', {
  timeout: 180_000,
}, async () => {
  await Promise.all(endings.filter(({ alone }) => !alone).map(({ run }) => run(shop)))
  for (const { run } of endings.filter(({ alone }) => alone)) await run(shop)
  const paying = await until('the payment is seen', async () => {
    const found = await edge('inventory/reserve_stock/action', 'StockReserved', 'balance/deduct_balance/action')
    return found?.standing === 'seen' && found
  })
  expect(paying).toMatchObject({ seen: expect.any(Number), turnsBack: false })
  expect(paying.p50WithinMs).toBeGreaterThan(0)
  // Its recording publishes nothing: nobody can see it.
  expect(
    await edge('inventory/commit_stock/action', 'StockCommitted', 'order/record_stock_committed/action'),
  ).toMatchObject({ standing: 'unobservable' })

  await until(
    'all are settled, nothing is overdue, and each is checked',
    async () => {
      await checkNow()
      const [left] = await watching.query(
        `select (select count(*) from sagas where state <> 'settled' or overdue) as open,
         (select count(*) from sagas_to_check) as unchecked, (select count(*) from overdue_steps) as overdue`,
      )
      return left.open === 0 && left.unchecked === 0 && left.overdue === 0
    },
    {
      limitMs: 60_000,
      seen: () =>
        watching.query(
          'select saga_id, state, overdue, awaited, awaited_by, ask_at, stands from sagas left join overdue_steps using (saga_id)',
        ),
    },
  )
  // So long ago that each has had the time to be answered: the last test asks whether one was not.
  await watching.query(`update published_events set minute = minute - interval '5 min'`)
  const { invariants, participants } = await health()
  expect(invariants.filter(({ holds }) => !holds)).toEqual([])
  expect((await edges()).filter(({ standing }) => standing === 'undeclared')).toEqual([])
  expect(participants.map(({ service, silent, paused }) => ({ service, silent, paused }))).toEqual(
    ['order', 'inventory', 'balance', 'notification'].map(service => ({ service, silent: null, paused: [] })),
  )
  for (const { outboxOldestMs, timerLagMs } of participants)
    expect({ outboxOldestMs, timerLagMs }).toEqual({
      outboxOldestMs: expect.any(Number),
      timerLagMs: expect.any(Number),
    })
})

test('all participants are audited, and the result is told to Prometheus', async () => {
  const { audit } = await until('an audit has ended', async () => {
    const found = await health()
    return found.audit.last !== null && found
  })
  expect(audit).toMatchObject({ last: { violations: 0 }, silent: [] })
  expect(audit.last!.lines.length).toBeGreaterThan(3)
  expect(Date.parse(audit.nextAt!)).toBeGreaterThan(Date.parse(audit.last!.at))
  expect(await watching.metrics()).toMatch(/^saga_audit_violations\{[^}]*\} 0$/m)
})

test('an answer that does not come is named with who owes it, and is cleared when he is back', async () => {
  const { order, sku } = await stage(shop)
  await shop.services.balance.stop()
  const orderId = await order([{ sku, quantity: 1 }])
  await shop.client.cancel(orderId)
  const [owed] = await until('it is overdue', async () => {
    const found = await watching.query(
      `select service, step, direction, event_type, one_of, stands from overdue_steps where saga_id = $1 and direction = 'compensation'`,
      [orderId],
    )
    return found.length > 0 && found
  })
  expect(owed).toEqual({
    ...{ service: 'balance', step: 'deduct_balance', direction: 'compensation' },
    ...{ event_type: 'OrderCancelled', one_of: ['BalanceRefunded'], stands: 'silent' },
  })
  const stepsOf = (all: readonly { service: string; step: string; direction: string }[]) =>
    all
      .map(({ service, step, direction }) => `${service} ${step} ${direction}`)
      .toSorted()
      .join()
  await until('its page, the list and the watchdog say the same of it', async () => {
    const { awaited } = await watching.get<SagaDetail>(`/api/sagas/${orderId}`)
    const late = awaited.filter(({ overdue }) => overdue)
    const named = await watching.query('select service, step, direction from overdue_steps')
    const { sagas } = await watching.get<SagaPage>('/api/sagas?overdue=true')
    return (
      stepsOf(late) === stepsOf(named as typeof awaited) &&
      sagas.some(({ sagaId, at }) => sagaId === orderId && at?.is === 'awaited' && at.service === 'balance')
    )
  })
  const ofBalance = /^saga_overdue\{[^}]*service="balance"[^}]*\} 1$/m
  await until('Prometheus is told', async () => ofBalance.test(await watching.metrics()))
  const silent = (await health()).participants.find(({ service }) => service === 'balance')!
  expect(silent.silent).toMatch(/^does not answer/)
  expect(silent.lag).toBeGreaterThan(0)

  await shop.services.balance.start()
  await settled(shop, orderId)
  await until('nothing is overdue', async () => (await watching.query('select from overdue_steps')).length === 0)
  await until('Prometheus is told', async () => !/^saga_overdue\{/m.test(await watching.metrics()))
  expect(await watching.query('select from sagas where overdue')).toEqual([])
})

test('what nobody declares stands out, and so does the saga in which it was published', async () => {
  const { order, sku } = await stage(shop)
  const orderId = await order([{ sku, quantity: 1 }])
  await settled(shop, orderId)
  const hostile = '<script>alert(1)</script>'
  const event = (id: string, type: string) => ({
    ...{ topic: 'order.events.v1', key: orderId, value: Buffer.from('no avro') },
    headers: {
      ...{ ce_specversion: '1.0', ce_id: id, ce_source: '/loyalty', ce_type: type, ce_time: new Date().toISOString() },
      ...{ ce_subject: orderId, ce_correlationid: orderId, ce_causationid: `${orderId}/place_order/action` },
    },
  })
  await stranger.publish(
    event(`${orderId}/collect_points/action`, 'shop.loyalty.PointsCollected'),
    event('drawn', hostile),
  )
  await until('its edge is seen', async () =>
    edge('order/place_order/action', 'OrderPlaced', 'loyalty/collect_points/action'),
  )
  const undeclared = (await edges()).filter(({ standing }) => standing === 'undeclared')
  expect(undeclared.map(({ to }) => to).toSorted()).toEqual(['loyalty//action', 'loyalty/collect_points/action'])
  const ofStep = /^saga_choreography_undeclared\{[^}]*step="collect_points"[^}]*\} 1$/m
  await until('Prometheus is told', async () => ofStep.test(await watching.metrics()))
  expect(await watching.metrics()).not.toContain('<script')
  expect(await watching.metrics()).not.toMatch(/^saga_choreography_unseen\{/m)

  const broken = await until('the invariant is broken', async () => {
    await checkNow()
    return (await health()).invariants.find(
      ({ name, holds }) => name.startsWith('publisher-declares') && holds === false,
    )
  })
  expect(broken.broken).toBe(1)
  expect(broken.examples.map(({ sagaId }) => sagaId)).toEqual([orderId])
  await until('Prometheus is told', async () =>
    /^saga_observed_violations\{[^}]*invariant="publisher-declares"[^}]*\} 1$/m.test(await watching.metrics()),
  )
})
