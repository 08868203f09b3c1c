import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { freePorts } from '../../infra/local/ports.ts'
import { hangUp, type RunningSmtpServer, startSmtpServer } from '../../services/notification/src/smtp-server.fixture.ts'
import { sum } from './metrics.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { settled, stage } from './stage.ts'
import { until } from './until.ts'

let shop: RunningShop
let port: number
let server: RunningSmtpServer | undefined

beforeAll(async () => {
  ;[port] = (await freePorts(1)) as [number]
  const notification = { SMTP_URL: `smtp://127.0.0.1:${port}`, RETRY_MAX_ATTEMPTS: '3' }
  shop = await runShop('mail', { environment: { LOG_LEVEL: 'info' }, environmentOf: { notification } })
}, 120_000)
afterEach(() => server?.close())
afterAll(() => shop?.end())

const serve = async (options: Parameters<typeof startSmtpServer>[0] = {}) => {
  server = await startSmtpServer({ ...options, port })
  return server
}
const messageIds = ({ received }: RunningSmtpServer) =>
  received.map(text => /^Message-ID:\s+<(\S+?)\/notify_\w+\/action@/m.exec(text)?.[1])
/** The rows of a mail's step: how it stands, after how many tries. */
const steps = (orders: readonly string[]) =>
  shop.query('notification', 'select distinct status, attempts from saga.saga_log where saga_id = any($1)', [orders])
const confirmed = async (orders: number) => {
  const customer = await stage(shop, { pieces: orders, depositMinor: 1_000_000 })
  const ids = await Promise.all(
    Array.from({ length: orders }, () => customer.order([{ sku: customer.sku, quantity: 1 }])),
  )
  for (const id of ids) expect(await settled(shop, id)).toMatchObject({ status: 'CONFIRMED' })
  return ids
}
const mailed = (orders: readonly string[]) =>
  until(
    'all are told',
    async () => {
      const found = await shop.query(
        'notification',
        `select from notifications where order_id = any($1) and channel = 'mail'`,
        [orders],
      )
      return found.length === orders.length
    },
    { seen: () => steps(orders) },
  )
const samples = (name: string, where: Record<string, string>) =>
  shop.metrics('notification').then(all => sum(all, name, where))

test('a mail server that is away costs no mail a try, and no order its end; back, each mail goes out once', async () => {
  const before = await serve()
  const [first] = await confirmed(1)
  await mailed([first!])
  expect(messageIds(before)).toEqual([first])
  await before.close()

  const cause = { cause: 'effect:notify_confirmed' }
  const ids = await confirmed(15)
  await until('the effect is paused', async () => (await samples('saga_paused', cause)) === 1)
  await until('all wait', async () => (await steps(ids)).every(row => row.status === 'failed' && row.attempts === 0))
  const held = { step: 'notify_confirmed', outcome: 'held' }
  const count = await samples('saga_steps_total', held)
  await until('somebody asks again', async () => (await samples('saga_steps_total', held)) > count)
  // Another step has a circuit of its own, and its own first mail to find out.
  const other = await stage(shop, { depositMinor: 0 })
  const cancelled = await other.order([{ sku: other.sku, quantity: 1 }])
  expect(await settled(shop, cancelled)).toMatchObject({ status: 'CANCELLED' })
  await until(
    'it is paused too',
    async () => (await samples('saga_paused', { cause: 'effect:notify_cancelled' })) === 1,
  )
  expect(await shop.query('notification', `select from saga.waiting where kind = 'dead'`)).toEqual([])

  const back = await serve()
  await mailed([...ids, cancelled])
  expect(messageIds(back).sort()).toEqual([...ids, cancelled].sort())
  expect(await steps([first!, ...ids, cancelled])).toEqual([{ status: 'succeeded', attempts: 1 }])
  expect(await samples('saga_paused', {})).toBe(0)
  expect(await samples('saga_steps_total', { outcome: 'failed' })).toBe(0)
  const log = readFileSync(shop.services.notification.logFile, 'utf8')
  expect(log.match(/paused: effect:notify_confirmed/g)).toHaveLength(1)
  expect(log.match(/effect:notify_confirmed is back/g)).toHaveLength(1)
})

test('a mail that the server refuses for ever is dead at once, and holds up nobody else', async () => {
  await serve({
    onRcptTo: (_address, _session, done) => done(Object.assign(new Error('nobody'), { responseCode: 550 })),
  })
  const [id] = await confirmed(1)
  await until('it is dead', async () => (await steps([id!]))[0]?.status === 'dead')
  expect(
    await shop.query('notification', 'select error_code, attempts from saga.waiting where saga_id = $1', [id]),
  ).toEqual([{ error_code: 'mail-refused', attempts: 1 }])
  expect(await samples('saga_paused', { cause: 'effect:notify_confirmed' })).toBe(0)
  await server?.close()
  await serve()
  await mailed(await confirmed(1))
})

test('a mail whose answer is lost is in doubt: it goes out again under the same Message-ID', async () => {
  const taken: string[] = []
  const lossy = await serve({
    onData(stream, session, done) {
      let text = ''
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      stream.on('end', () => {
        taken.push(text)
        if (taken.length === 1) hangUp(session)
        else done()
      })
    },
  })
  const [id] = await confirmed(1)
  await mailed([id!])
  expect(messageIds({ ...lossy, received: taken })).toEqual([id, id])
  expect(await steps([id!])).toEqual([{ status: 'succeeded', attempts: 2 }])
})
