import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsoleProcess, consolesOf } from './console-processes.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { type SagaCommand, sagaCommand } from './saga-command.ts'
import { settled } from './stage.ts'
import { isDeadIn, letterOf, unpaidOrders } from './unpaid-orders.ts'
import { until } from './until.ts'

const patient = { timeout: 180_000 }
let shop: RunningShop
let saga: SagaCommand
let consoles: Awaited<ReturnType<typeof consolesOf>>
let ours: ConsoleProcess

beforeAll(async () => {
  shop = await runShop('console', { environment: { RETRY_MAX_ATTEMPTS: '2' } })
  saga = sagaCommand(shop)
  consoles = await consolesOf(shop, join(saga.plans, '../..'))
  ours = await consoles.start()
}, 180_000)
afterAll(async () => {
  await ours?.stop()
  saga?.end()
  await shop?.end()
})

const select = (orderIds: readonly string[]) => ({
  letters: orderIds.map(orderId => ({ service: 'balance', id: letterOf(orderId), sagaId: orderId, deaths: 1 })),
})
const plan = (planId: string, at = ours) => at.get(`/api/plans/${planId}`).then(({ body }) => body)
const becomes = (planId: string, status: string, at = ours) =>
  until(
    `plan ${planId} is ${status}`,
    async () => {
      const found = await plan(planId, at)
      return found.status === status && found
    },
    { limitMs: 60_000, seen: () => plan(planId, at) },
  )
const replaysOf = (orderIds: readonly string[]) =>
  shop.query<{ operator: string; act: string; plan: string }>(
    'balance',
    `select operator, act, plan from saga.operator_acts where saga_id = any($1) and act = 'replay' order by seq, n`,
    [orderIds],
  )

test('a letter is looked at and tried; nothing is changed before it is replayed', patient, async () => {
  const { orderId, customer, mend, expectMoney } = await unpaidOrders(shop, 1)
  const look = (id: string) =>
    ours.get(`/api/letter?${String(new URLSearchParams({ service: 'balance', id, sagaId: orderId }))}`)
  expect(await look(letterOf(orderId))).toMatchObject({
    ...{ status: 200, body: { deaths: 1, message: { customerId: customer }, needsForce: 'owes-answer' } },
  })
  expect(await look(`${orderId}/nothing/action`)).toMatchObject({ status: 404, body: { code: 'not-found' } })

  const tryIt = () => ours.post('/api/dry-runs', { ...select([orderId]), sample: 5 })
  expect((await tryIt()).body).toMatchObject({ of: 1, tried: [{ wouldEnd: false, letter: { id: letterOf(orderId) } }] })
  await mend()
  const { body } = await tryIt()
  expect(body.tried[0]).toMatchObject({ wouldEnd: true, found: { steps: [{ outcome: 'succeeded' }] } })
  expect(body.tried[0].found.rows.map((row: { table: string }) => row.table)).toContain('accounts')
  expect(await isDeadIn(shop, 'balance', orderId)).toBe(true)
  await expectMoney({ balanceMinor: 10_000 })

  const made = await ours.post('/api/plans', { service: 'balance', step: 'deduct_balance' })
  expect(made).toMatchObject({ status: 200, body: { status: 'planned', letters: 1, left: 1, operator: 'local' } })
  const { planId } = made.body
  expect((await ours.post(`/api/plans/${planId}/run`, { rate: null })).body.status).toMatch(/running|done/)
  expect(await becomes(planId, 'done')).toMatchObject({ ended: 1, failed: 0, left: 0 })
  await settled(shop, orderId)
  expect(await ours.post(`/api/plans/${planId}/run`, { rate: null })).toMatchObject({
    ...{ status: 409, body: { code: 'plan-over' } },
  })
  expect(await ours.post('/api/plans', select([orderId]))).toMatchObject({ status: 409, body: { code: 'no-letters' } })
  const { acts } = (await ours.get('/api/acts?limit=200')).body
  expect(acts.filter(({ act }: any) => act === 'dry-run')).toMatchObject(
    Array(2).fill({ service: 'balance', id: letterOf(orderId), sagaId: orderId, elsewhere: false }),
  )
  const ofPlan = acts.filter((act: any) => act.plan === planId).toReversed()
  expect(ofPlan.map((act: any) => [act.service, act.act, act.elsewhere, act.outcome])).toEqual([
    ['console', 'plan', false, 'letters: 1'],
    ['console', 'run', false, 'done'],
    ['balance', 'replay', false, null],
    ['console', 'run', false, expect.stringMatching(/^refused: of plan .* nothing is left to do/)],
  ])
})

test(
  'begun in the console, paused, and gone on with on the command line; and the other way round',
  patient,
  async () => {
    const { orderIds, mend } = await unpaidOrders(shop, 6)
    await mend()
    const { planId } = (await ours.post('/api/plans', select(orderIds))).body
    const told = ours.hears(event => event.kind === 'plan' && event.plan.planId === planId && event.plan.ended > 0)
    await ours.post(`/api/plans/${planId}/run`, { rate: 2 })
    expect(await ours.post(`/api/plans/${planId}/run`, { rate: 2 })).toMatchObject({
      ...{ status: 409, body: { code: 'plan-running' } },
    })
    expect(await told).toMatchObject({ plan: { status: 'running', letters: 6 } })
    expect((await ours.post(`/api/plans/${planId}/pause`)).body.status).toMatch(/pausing|paused/)
    const paused = await becomes(planId, 'paused')
    expect(paused).toMatchObject({ rate: 2, failed: 0 })
    expect(paused.left).toBeGreaterThan(0)
    const resumed = await saga('dlq', 'replay', '--resume', planId)
    expect([resumed.code, resumed.stderr]).toEqual([0, expect.stringContaining('6 replayed to their end')])
    expect(await plan(planId)).toMatchObject({ status: 'done', ended: 6, left: 0 })
    expect(await replaysOf(orderIds)).toHaveLength(6)

    const others = await unpaidOrders(shop, 2)
    await others.mend()
    const pinned = await saga('dlq', 'replay', ...others.orderIds.map(letterOf))
    const id = /^plan ([\w-]+)/m.exec(pinned.stderr)![1]!
    expect((await ours.get('/api/plans')).body.plans[0]).toMatchObject({
      planId: id,
      operator: 'tester',
      status: 'planned',
    })
    await ours.post(`/api/plans/${id}/run`, { rate: null })
    await becomes(id, 'done')
    expect(await replaysOf(others.orderIds)).toMatchObject([
      { operator: 'local', plan: id },
      { operator: 'local', plan: id },
    ])
  },
)

test(
  'a console that was killed in the middle leaves its plan interrupted; another one goes on, and nothing is done twice',
  patient,
  async () => {
    const { orderIds, mend, expectMoney } = await unpaidOrders(shop, 6)
    await mend()
    const doomed = await consoles.start()
    const { planId } = (await doomed.post('/api/plans', select(orderIds))).body
    await doomed.post(`/api/plans/${planId}/run`, { rate: 2 })
    await until('something is replayed', async () => (await plan(planId)).ended > 0)
    expect((await plan(planId)).status).toBe('running')
    expect(await ours.post(`/api/plans/${planId}/pause`)).toMatchObject({
      status: 409,
      body: { code: 'plan-elsewhere' },
    })
    await doomed.kill()
    const interrupted = await plan(planId)
    expect(interrupted.status).toBe('interrupted')
    expect(interrupted.left).toBeGreaterThan(0)

    // Two consoles and a command line at once: a letter is its owner's to give, and he gives it once.
    const another = await consoles.start()
    const [, , resumed] = await Promise.all([
      ...[ours, another].map(each => each.post(`/api/plans/${planId}/run`, { rate: null })),
      saga('dlq', 'replay', '--resume', planId),
    ])
    expect((resumed as { code: number }).code).toBe(0)
    await becomes(planId, 'done')
    await another.stop()
    expect(await plan(planId)).toMatchObject({ status: 'done', ended: 6, failed: 0, left: 0 })
    for (const orderId of orderIds) await settled(shop, orderId)
    await expectMoney({ balanceMinor: 10_000 - 6 * 250 })
    expect(await replaysOf(orderIds)).toHaveLength(6)
  },
)

test('a plan whose letters another one has replayed says so, before it is run and after', patient, async () => {
  const { orderIds, mend } = await unpaidOrders(shop, 3)
  await mend()
  const [{ planId }, another] = await Promise.all(
    [orderIds, orderIds.slice(0, 2)].map(async ids => (await ours.post('/api/plans', select(ids))).body),
  )
  const replayed = await saga('dlq', 'replay', '--plan', another.planId, '--yes')
  expect([replayed.code, replayed.stderr]).toEqual([0, expect.stringContaining('2 replayed to their end')])
  const { acts } = (await ours.get('/api/acts')).body
  const replays = acts.filter((act: any) => act.plan === another.planId && act.act === 'replay')
  expect(replays.map((act: any) => act.elsewhere)).toEqual([true, true])
  const stands = await until('the observer has seen what became of both letters', async () => {
    const found = await plan(planId)
    return found.open === 1 && found
  })
  expect(stands).toMatchObject({ status: 'planned', left: 3 })
  const became = async () => {
    const { letters } = (await ours.get(`/api/plans/${planId}/letters`)).body
    return letters.map((each: { became: string; detail: string }) => [each.became, each.detail])
  }
  expect(await became()).toEqual([
    ['gone', 'replayed'],
    ['gone', 'replayed'],
    ['open', null],
  ])
  await ours.post(`/api/plans/${planId}/run`, { rate: null })
  expect(await becomes(planId, 'done')).toMatchObject({ ended: 1, already: 2, failed: 0 })
  const byAnother = expect.stringMatching(`^replay by tester at .*, plan ${another.planId}: succeeded$`)
  expect(await became()).toEqual([
    ['gone', byAnother],
    ['gone', byAnother],
    ['replayed', 'succeeded'],
  ])
})

test('a plan that is cancelled is over, here and for the command line', patient, async () => {
  const { orderIds, mend } = await unpaidOrders(shop, 4)
  await mend()
  const { planId } = (await ours.post('/api/plans', select(orderIds))).body
  await ours.post(`/api/plans/${planId}/run`, { rate: 2 })
  await until('something is replayed', async () => (await plan(planId)).ended > 0)
  await ours.post(`/api/plans/${planId}/cancel`)
  const { left } = await becomes(planId, 'cancelled')
  expect(left).toBeGreaterThan(0)
  for (const act of ['run', 'cancel'])
    expect(await ours.post(`/api/plans/${planId}/${act}`, act === 'run' ? { rate: null } : {})).toMatchObject({
      ...{ status: 409, body: { code: 'plan-over' } },
    })
  const resumed = await saga('dlq', 'replay', '--resume', planId)
  expect([resumed.code, resumed.stderr]).toEqual([2, expect.stringContaining('was cancelled by local')])
  expect((await replaysOf(orderIds)).length).toBe(4 - left)
})

test(
  'a letter is given up for a reason, by force where somebody waits for its answer; both are kept',
  patient,
  async () => {
    const { orderId } = await unpaidOrders(shop, 1)
    const ref = { service: 'balance', id: letterOf(orderId), sagaId: orderId, deaths: 1 }
    const discard = (force: boolean) => ours.post('/api/discards', { ...ref, reason: 'the customer was called', force })
    expect((await discard(false)).body).toMatchObject({ result: 'needs-force' })
    expect((await discard(true)).body).toMatchObject({ result: 'done' })
    const acts = (await ours.get('/api/acts')).body.acts.filter((act: any) => act.id === ref.id)
    expect(acts).toMatchObject([
      { service: 'balance', act: 'discard', forced: true, reason: 'the customer was called', elsewhere: false },
      { service: 'balance', act: 'discard', forced: false, outcome: expect.stringMatching(/^needs-force/) },
    ])
    expect(
      await ours.post('/api/discards', { ...ref, service: 'nobody', reason: 'for nothing', force: false }),
    ).toMatchObject({
      ...{ status: 404, body: { code: 'not-found' } },
    })
  },
)

test('pages of what was done: the youngest first, each once', patient, async () => {
  const first = await ours.get('/api/acts?limit=200')
  expect(first).toMatchObject({ status: 200 })
  const all = first.body.acts
  const byPages = []
  let after: string | null = null
  do {
    const { body }: any = await ours.get(`/api/acts?limit=3${after ? `&after=${after}` : ''}`)
    byPages.push(...body.acts)
    after = body.next
  } while (after)
  expect(byPages).toEqual(all)
  const times = all.map((act: { at: string }) => act.at)
  expect(times).toEqual(times.toSorted().reverse())
  const forged = Buffer.from(JSON.stringify(['2026-99-99T00:00:00Z', '1'])).toString('base64url')
  expect(await ours.get(`/api/acts?after=${forged}`)).toMatchObject({ status: 400 })
})
