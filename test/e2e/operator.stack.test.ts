import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { breakRows } from './break-rows.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { type SagaCommand, sagaCommand } from './saga-command.ts'
import { settled, stage } from './stage.ts'
import { isDeadIn, letterOf, unpaidOrders, untilDead } from './unpaid-orders.ts'
import { until } from './until.ts'

/** Each command is a process of its own, and there may be others on the machine. */
const patient = { timeout: 180_000 }
let shop: RunningShop
let saga: SagaCommand

beforeAll(async () => {
  shop = await runShop('operator', { environment: { RETRY_MAX_ATTEMPTS: '2', STOCK_RELEASE_DELAY: '500ms' } })
  saga = sagaCommand(shop)
}, 120_000)
afterAll(async () => {
  saga?.end()
  await shop?.end()
})

type Service = 'order' | 'inventory' | 'balance'
const isDead = (service: Service, orderId: string) => isDeadIn(shop, service, orderId)
const dead = (service: Service, orderId: string) =>
  untilDead(shop, service, orderId, async () => (await saga('trace', orderId)).stdout)
const unpaid = (count: number) => unpaidOrders(shop, count)
const planIn = ({ stderr }: { stderr: string }) => /^plan ([\w-]+)/m.exec(stderr)![1]!

test(
  'a saga that is through: its trace tells each step and its cause, and that nothing is awaited',
  patient,
  async () => {
    const well = await stage(shop)
    const orderId = await well.order([{ sku: well.sku, quantity: 1 }])
    await settled(shop, orderId)
    await well.expectMails(orderId, 'confirmed')

    const { code, stdout, stderr } = await until('it is settled for everybody', async () => {
      const ended = await saga('trace', orderId)
      return ended.code === 0 && ended
    })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/settled: nothing is awaited/)
    expect(stdout).toMatch(/ {2}order +place_order +succeeded +POST \/orders +OrderPlaced/)
    expect(stdout).toMatch(/ {2}balance +deduct_balance +succeeded +StockReserved of inventory +BalanceDeducted/)
    const found = (await saga('trace', orderId, '--json')).json()
    expect(found).toMatchObject({ sagaId: orderId, verdict: 'settled', awaited: [], silent: [], unpublished: [] })
    expect(found.steps.map((step: { operation: string }) => step.operation).toSorted()).toEqual(
      [
        ...['place_order', 'reserve_stock', 'deduct_balance', 'confirm_order', 'commit_stock', 'notify_confirmed'],
        'record_stock_committed',
      ].toSorted(),
    )
    expect((await saga('trace', orderId, '--rows')).stdout).toMatch(
      / order confirm_order: orders\n( {4}[-+] .*\n)*? {4}- status "PENDING"\n {4}\+ status "CONFIRMED"/,
    )
  },
)

test('the participants that run fit together, and their graph is that of the README', patient, async () => {
  expect(await saga('check')).toMatchObject({
    ...{ code: 0, stdout: 'nothing is wrong between balance, inventory, notification, order\n' },
  })
  const { code, stdout } = await saga('graph')
  expect(code).toBe(0)
  expect(readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')).toContain(
    `\`\`\`mermaid\n${stdout.trimEnd()}\n\`\`\``,
  )
  const stranger = await saga('check', '--topic-prefix', 'nobody.')
  expect([stranger.code, stranger.stderr]).toEqual([2, expect.stringContaining('is the topic prefix right?')])
})

test('a dead letter is listed, shown with all that is known of it, and seen in trace and status', patient, async () => {
  const { orderId, customer, mend } = await unpaid(1)
  const id = letterOf(orderId)
  const list = await saga('dlq', 'list', '--saga', orderId)
  expect(list.code).toBe(1)
  expect(list.stdout).toMatch(/^DIED +SERVICE +STEP +ERROR +TRIES +ID +MESSAGE\n/)
  expect(list.stdout).toContain(`balance  deduct_balance  sqlstate-P0001      2  ${id}  broken for the test`)
  const listed = (await saga('dlq', 'list', '--service', 'balance', '--error', 'sqlstate-P0001', '--json')).json()
  expect(listed.letters).toContainEqual(
    expect.objectContaining({ id, sagaId: orderId, deaths: 1, step: 'deduct_balance', needsForce: 'owes-answer' }),
  )
  expect((await saga('dlq', 'list', '--step', 'commit_stock', '--json')).json()).toEqual({ letters: [], silent: [] })
  expect((await saga('dlq', 'list', '--saga', orderId, '--since', '2099-01-01')).code).toBe(0)
  const grouped = await saga('dlq', 'list', '--group-by', 'error', '--saga', orderId)
  expect(grouped.stdout).toMatch(/^ERROR +LETTERS +SAGAS .*\nsqlstate-P0001 +1 +1 /)

  const shown = await saga('dlq', 'show', id)
  expect(shown.code).toBe(0)
  expect(shown.stdout).toMatch(/dead in +balance, deduct_balance/)
  expect(shown.stdout).toMatch(new RegExp(`caused by +${orderId}/place_order/action`))
  expect(shown.stdout).toContain(`"customerId": "${customer}"`)
  expect(shown.stdout).toMatch(/stack\n +error: broken for the test\n +at /)
  expect(shown.stdout).toMatch(/to discard +needs --force: others may wait/)
  expect(shown.stdout).toMatch(/blocked by a dead letter/)
  expect((await saga('dlq', 'show', id, '--json')).json()).toMatchObject({
    letter: { id, message: { customerId: customer } },
    trace: { verdict: 'blocked' },
  })

  const trace = await saga('trace', orderId)
  expect(trace.code).toBe(1)
  expect(trace.stdout).toMatch(
    /BalanceDeducted or BalanceRejected from balance \(deduct_balance\) by .*: StockReserved of inventory is dead after 2 tries, sqlstate-P0001: broken for the test/,
  )
  const status = await saga('status')
  expect(status.code).toBe(1)
  expect(status.stdout).toMatch(/^SERVICE +RETRYING +PARKED +CALLING +DEAD/)
  expect((await saga('status', '--json', '--service', 'balance')).json().services).toMatchObject([
    { service: 'balance', dead: 1 },
  ])
  await mend()
  expect((await saga('dlq', 'replay', id, '--yes')).code).toBe(0)
  await settled(shop, orderId)
})

test('a plan replays what was shown and nothing that died later; a second time it does nothing', patient, async () => {
  const { customer, sku, orderId, mend, order, expectMoney } = await unpaid(1)
  const refused = await saga('dlq', 'replay', '--service', 'balance', '--step', 'deduct_balance')
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('there is nobody to ask: give --yes')])
  const planId = planIn(refused)
  const file = join(saga.plans, `${planId}.json`)
  const { letters } = JSON.parse(readFileSync(file, 'utf8'))
  expect(letters).toMatchObject([{ id: letterOf(orderId), service: 'balance', deaths: 1 }])

  const later = await order([{ sku, quantity: 2 }])
  await dead('balance', later)
  await mend()
  const replayed = await saga('dlq', 'replay', '--plan', planId, '--yes')
  expect(replayed.stderr).toMatch(/plan .*, letters: 1, sagas: 1\nSERVICE +STEP +ERROR +LETTERS +SAGAS\nbalance/)
  expect([replayed.code, replayed.stderr]).toEqual([0, expect.stringContaining('1 replayed to their end')])
  expect(await settled(shop, orderId)).toMatchObject({ status: 'CONFIRMED' })
  expect(await isDead('balance', later)).toBe(true)
  await expectMoney({ balanceMinor: 9_750, deductedMinor: 250 })

  const again = await saga('dlq', 'replay', '--plan', file, '--yes', '--json')
  expect(again.code).toBe(0)
  expect(again.lines()).toMatchObject([
    { entry: 'plan', planId, letters: 1 },
    { entry: 'letter', id: letterOf(orderId), outcome: 'ended', earlier: true },
    { entry: 'end', ended: 1, failed: [], skipped: [], left: 0, stoppedBy: null },
  ])
  await expectMoney({ balanceMinor: 9_750, deductedMinor: 250 })

  const acts = await shop.query('balance', 'select operator, act, plan from saga.operator_acts where saga_id = $1', [
    orderId,
  ])
  expect(acts).toEqual([{ operator: 'tester', act: 'replay', plan: planId }])
  expect((await saga('trace', orderId)).stdout).toMatch(/operators\n.*tester: replay .* at balance/)
  expect((await saga('dlq', 'replay', letterOf(later), '--yes')).code).toBe(0)
  expect(await settled(shop, later)).toMatchObject({ customerId: customer, status: 'CONFIRMED' })
})

test('a dry run says what a replay would do, row by row, changes nothing, and keeps its plan', patient, async () => {
  const { orderId, customer, mend, expectMoney } = await unpaid(1)
  const id = letterOf(orderId)
  const broken = await saga('dlq', 'replay', id, '--dry-run')
  expect([broken.code, broken.stderr]).toEqual([
    1,
    expect.stringContaining('1 would not be done. Nothing was changed.'),
  ])
  expect(broken.stdout).toMatch(/deduct_balance on StockReserved: failed \(sqlstate-P0001: broken for the test\)/)
  await mend()

  const tried = await saga('dlq', 'replay', '--saga', orderId, '--dry-run')
  expect([tried.code, tried.stderr]).toEqual([0, expect.stringContaining('all would be done. Nothing was changed.')])
  expect(tried.stdout).toContain(
    `balance: deduct_balance on StockReserved\n  ${id}\n  deduct_balance on StockReserved: succeeded`,
  )
  expect(tried.stdout).toMatch(
    new RegExp(`accounts ${customer}\\n(.*\\n)*? {4}- balanceMinor 10000\\n {4}\\+ balanceMinor 9750`),
  )
  expect(tried.stdout).toMatch(/publishes BalanceDeducted on \S+: \{.*"amountMinor":250/)
  expect(await isDead('balance', orderId)).toBe(true)
  await expectMoney({ balanceMinor: 10_000, deductedMinor: 0 })

  const [, replay] = /To replay exactly these letters:\n {2}npx saga (dlq replay --plan \S+)/.exec(tried.stderr)!
  expect((await saga(...replay!.split(' '), '--yes')).code).toBe(0)
  expect(await settled(shop, orderId)).toMatchObject({ status: 'CONFIRMED' })
})

test('Ctrl-C ends what is under way and says how to go on; resumed, every letter is done once', patient, async () => {
  const { orderIds, mend, expectMoney } = await unpaid(6)
  await mend()
  const { process: running, ended } = saga.start([
    'dlq',
    'replay',
    '--error',
    'sqlstate-P0001',
    '--yes',
    '--rate',
    '20/m',
  ])
  await until('something is replayed', async () => {
    const left = await Promise.all(orderIds.map(orderId => isDead('balance', orderId)))
    return left.includes(false)
  })
  running.kill('SIGINT')
  const { code, stderr } = await ended
  expect(code).toBe(130)
  const [, resume] = /To go on:\n {2}npx saga (dlq replay --resume \S+)/.exec(stderr) ?? []
  expect(resume).toBeDefined()
  const left = Number(/(\d+) not done yet/.exec(stderr)?.[1])
  expect(left).toBeGreaterThan(0)
  const stillDead = await Promise.all(orderIds.map(orderId => isDead('balance', orderId)))
  expect(stillDead.filter(Boolean)).toHaveLength(left)

  const resumed = await saga(...resume!.split(' '))
  expect([resumed.code, resumed.stderr]).toEqual([0, expect.stringContaining('6 replayed to their end')])
  for (const orderId of orderIds) expect(await settled(shop, orderId)).toMatchObject({ status: 'CONFIRMED' })
  await expectMoney({ balanceMinor: 10_000 - 6 * 250, deductedMinor: 6 * 250 })
  const acts = await shop.query(
    'balance',
    `select letter_id from saga.operator_acts where saga_id = any($1) and act = 'replay'`,
    [orderIds],
  )
  expect(acts).toHaveLength(6)
})

test('at the first new failure the rest of its saga is left alone and named', patient, async () => {
  const poor = await stage(shop, { depositMinor: 100 })
  const mendOrder = await breakRows(
    shop,
    'order',
    'orders',
    `new.customer_id = '${poor.customer}' and new.status = 'CANCELLED'`,
  )
  const mendStock = await breakRows(shop, 'inventory', 'reservations', `new.status = 'released'`)
  const orderId = await poor.order([{ sku: poor.sku, quantity: 1 }])
  await Promise.all([dead('order', orderId), dead('inventory', orderId)])
  const byDeath = (await saga('dlq', 'list', '--saga', orderId, '--json')).json().letters
  expect(byDeath).toHaveLength(2)

  const failed = await saga('dlq', 'replay', '--saga', orderId, '--yes', '--json')
  expect(failed.code).toBe(1)
  expect(failed.lines()).toMatchObject([
    { entry: 'plan', letters: 2 },
    {
      entry: 'letter',
      service: byDeath[0].service,
      outcome: 'failed',
      how: expect.stringMatching(/retrying|died-again/),
    },
    { entry: 'skipped', service: byDeath[1].service, behind: { service: byDeath[0].service } },
    { entry: 'end', ended: 0, left: 0 },
  ])
  expect(failed.stderr).toMatch(/left alone, since .* before it in its saga failed/)
  expect(await isDead(byDeath[1].service, orderId)).toBe(true)

  await Promise.all([mendOrder(), mendStock()])
  // What is tried again by itself may come to its end, or to a letter, before it is looked at.
  await until('nothing of it is dead', async () => {
    const letters = await saga('dlq', 'replay', '--saga', orderId, '--yes')
    return letters.stderr.includes('no open letters match')
  })
  expect(await settled(shop, orderId)).toMatchObject({ status: 'CANCELLED', reason: 'balance-rejected' })
})

test('a letter is given up for a reason, and by force where somebody waits for its answer', patient, async () => {
  const { orderId } = await unpaid(1)
  const id = letterOf(orderId)
  const unforced = await saga('dlq', 'discard', id, '--reason', 'the customer was called', '--yes')
  expect([unforced.code, unforced.stderr]).toEqual([
    1,
    expect.stringMatching(/not discarded: others may wait .*--force/),
  ])
  expect((await saga('dlq', 'discard', id, '--yes')).code).toBe(2)
  const forced = await saga('dlq', 'discard', id, '--reason', 'the customer was called', '--force', '--yes')
  expect([forced.code, forced.stdout]).toEqual([0, `discarded ${id} at balance\n`])
  expect((await saga('dlq', 'discard', id, '--reason', 'again', '--force', '--yes')).code).toBe(2)
  const trace = await saga('trace', orderId)
  expect(trace.stdout).toMatch(/tester: discard .* at balance by force: the customer was called/)
  expect(trace.stdout).toMatch(/balance +deduct_balance +discarded/)
  await shop.client.cancel(orderId)
  expect(await settled(shop, orderId)).toMatchObject({ status: 'CANCELLED' })
})

test('a letter whose row is gone is listed, shown and restored from its topic', patient, async () => {
  const { orderId, customer, mend } = await unpaid(1)
  const id = letterOf(orderId)
  const planId = planIn(await saga('dlq', 'replay', id))
  // As after the database was restored from a copy that is older than the saga's arrival here.
  await shop.query('balance', 'delete from saga.waiting where saga_id = $1', [orderId])
  await shop.query('balance', 'delete from saga.saga_log where saga_id = $1', [orderId])
  await shop.query('balance', 'delete from saga.sagas where saga_id = $1', [orderId])
  await mend()

  expect((await saga('dlq', 'list', '--saga', orderId)).code).toBe(0)
  const listed = await saga('dlq', 'list', '--saga', orderId, '--from-topic', '--json')
  expect([listed.code, listed.json().letters]).toEqual([
    1,
    [expect.objectContaining({ id, service: 'balance', deaths: 1 })],
  ])
  const shown = await saga('dlq', 'show', id, '--from-topic')
  expect(shown.stdout).toContain(`"customerId": "${customer}"`)
  expect(shown.stdout).toMatch(/stack\n +error: broken for the test/)
  expect(await saga('dlq', 'show', id)).toMatchObject({ code: 2, stderr: expect.stringContaining('no open letter') })

  const unknown = await saga('dlq', 'replay', '--plan', planId, '--yes')
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('with --from-topic it is restored')])
  const restored = await saga('dlq', 'replay', id, '--from-topic', '--yes')
  expect([restored.code, restored.stderr]).toEqual([0, expect.stringContaining('1 replayed to their end')])
  expect(await settled(shop, orderId)).toMatchObject({ status: 'CONFIRMED' })
  expect((await saga('dlq', 'list', '--saga', orderId, '--from-topic')).code).toBe(0)
})

test(
  'an owner that is away is waited for, then the run stops and can be resumed; who is away is named everywhere',
  patient,
  async () => {
    const { orderId, mend } = await unpaid(1)
    await mend()
    const planId = planIn(await saga('dlq', 'replay', letterOf(orderId)))
    await shop.services.balance.kill()

    const [list, trace, status, audit, stopped] = await Promise.all([
      saga('dlq', 'list'),
      saga('trace', orderId),
      saga('status'),
      saga('audit'),
      saga('dlq', 'replay', '--plan', planId, '--yes', '--wait', '1s'),
    ])
    for (const { code, stderr, stdout } of [list, trace, status, audit, stopped]) {
      expect(code).toBe(3)
      expect(stderr + stdout).toMatch(/balance does not answer at http:\/\/127\.0\.0\.1:\d+: ECONNREFUSED/)
    }
    expect(stopped.stderr).toContain(`To go on:\n  npx saga dlq replay --resume ${planId}`)
    await shop.services.balance.start()
    expect((await saga('dlq', 'replay', '--resume', planId)).code).toBe(0)
    expect(await settled(shop, orderId)).toMatchObject({ status: 'CONFIRMED' })
  },
)

test('an audit over all services: figures and books, and a violation by name', patient, async () => {
  const well = await stage(shop)
  const orderId = await well.order([{ sku: well.sku, quantity: 1 }])
  await settled(shop, orderId)
  const fine = await saga('audit')
  expect([fine.code, fine.stderr]).toEqual([0, ''])
  expect(fine.stdout).toMatch(/SETTLED SAGAS AGREE ON[\s\S]*BOOK COMES TO ZERO[\s\S]*no violations\n$/)
  expect((await saga('audit', '--json', '--since', '1h')).json()).toMatchObject({ found: 0, violations: [] })

  const [row] = await shop.query('balance', 'delete from debits where order_id = $1 returning *', [orderId])
  const wrong = await saga('audit')
  expect([wrong.code, wrong.stdout]).toEqual([
    1,
    expect.stringMatching(new RegExp(`violations:\\n(.*\\n)*.*saga ${orderId}`)),
  ])
  const columns = Object.keys(row)
  await shop.query(
    'balance',
    `insert into debits (${columns.join(', ')}) values (${columns.map((_, i) => `$${i + 1}`).join(', ')})`,
    Object.values(row),
  )
})

test('wrong usage and places where nothing is: one line each, and their exit codes', patient, async () => {
  const none = '0192aaaa-0000-7000-8000-000000000001'
  const said = async (args: string[], environment: Record<string, string> = {}) => {
    const { code, stderr } = await saga.start(args, environment).ended
    return [code, stderr.trim()]
  }
  expect(await said(['dlq', 'replay'])).toEqual([2, expect.stringContaining('which letters?')])
  expect(await said(['dlq', 'replay', 'x', '--plan', 'y'])).toEqual([2, expect.stringContaining('a plan names its')])
  expect(await said(['dlq', 'show', 'no/such/letter'])).toEqual([2, expect.stringContaining('no open letter no/such')])
  expect(await said(['trace', 'abc'])).toEqual([2, expect.stringContaining('It is no saga id')])
  expect((await saga('trace', none)).code).toBe(2)
  expect(await said(['status', '--service', 'nobody'])).toEqual([
    2,
    'saga: no service nobody is declared; there are balance, inventory, notification, order',
  ])
  expect(await said(['status'], { TOPIC_PREFIX: 'no.such.' })).toEqual([
    2,
    expect.stringContaining('no.such.saga.declarations'),
  ])
  expect(await said(['status'], { KAFKA_BROKERS: '127.0.0.1:1' })).toEqual([
    3,
    expect.stringMatching(/^saga: Kafka does not answer at 127\.0\.0\.1:1: .*--admin name=url$/),
  ])
})

test('without Kafka, services that are named by --admin are asked all the same', patient, async () => {
  const declared = (await saga('status', '--json')).json().services
  expect(declared.map((each: { service: string }) => each.service)).toEqual([
    'balance',
    'inventory',
    'notification',
    'order',
  ])
  const url = `http://127.0.0.1:${shop.adminPorts.order}`
  const { code, stderr, stdout } = await saga.start(['status', '--admin', `order=${url}`, '--json'], {
    KAFKA_BROKERS: '127.0.0.1:1',
  }).ended
  expect([code, stderr]).toEqual([0, expect.stringContaining('only those named by --admin are asked')])
  expect(JSON.parse(stdout).services).toMatchObject([{ service: 'order' }])
})
