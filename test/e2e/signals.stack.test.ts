/** What operators see of a shop that works and of one step that fails: the real Prometheus scrapes the running services. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boards } from '../../infra/grafana/boards.ts'
import type { ServiceProcess } from '../../infra/shop/service-process.ts'
import { serviceNames } from '../../infra/shop/topics.ts'
import { type OtlpReceiver, type ReceivedSpan, receiveSpans } from './otlp-receiver.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'
import { type RunningConsole, runConsole } from './running-console.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { type SagaCommand, sagaCommand } from './saga-command.ts'
import { settled, stage } from './stage.ts'
import { until } from './until.ts'

const ill = 'frida'
const folder = mkdtempSync(join(tmpdir(), 'signals-'))
const auditFile = join(folder, 'audit.prom')
/** Stands where node_exporter's textfile collector does. */
const collector: Server = createServer((_, response) => response.end(readFileSync(auditFile)))
let traces: OtlpReceiver
let shop: RunningShop
let saga: SagaCommand
let watching: RunningConsole
let prometheus: Prometheus
/** Of the balance service, once its fault is mended. */
let mended: ServiceProcess | undefined
/** The order whose deduction failed, and was replayed. */
let replayed: string

beforeAll(async () => {
  writeFileSync(auditFile, '')
  traces = await receiveSpans()
  shop = await runShop('signals', {
    environment: {
      ...{ RETRY_MAX_ATTEMPTS: '2', STOCK_RELEASE_DELAY: '500ms' },
      OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint,
    },
    environmentOf: { balance: { DEDUCTIONS_FAIL_FOR: ill } },
  })
  saga = sagaCommand(shop)
  watching = await runConsole(shop)
  await new Promise<void>(resolve => collector.listen(0, '127.0.0.1', resolve))
  prometheus = await startPrometheus(folder, [
    ...serviceNames.map(service => ({ service, address: new URL(shop.services[service].url).host })),
    { service: 'console', address: new URL(watching.url).host },
    { service: '', address: `127.0.0.1:${(collector.address() as AddressInfo).port}` },
  ])
}, 120_000)
afterAll(async () => {
  await prometheus?.end()
  await watching?.end()
  collector.close()
  saga?.end()
  await mended?.kill()
  await shop?.end()
  traces?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Orders of every ending, again and again, until told to stop. */
function load() {
  let stopped = false
  const running = (async () => {
    const rich = await stage(shop, { depositMinor: 1_000_000, pieces: 1_000 })
    const poor = await stage(shop, { depositMinor: 100 })
    while (!stopped) {
      const orderIds = [
        await rich.order([{ sku: rich.sku, quantity: 1 }]),
        await rich.order([{ sku: rich.sku, quantity: 2_000 }]),
        await poor.order([{ sku: poor.sku, quantity: 1 }]),
      ]
      await Promise.all(orderIds.map(orderId => settled(shop, orderId)))
    }
  })()
  return {
    async stop() {
      stopped = true
      await running
    },
  }
}

async function failingOrder(): Promise<string> {
  const { sku } = await stage(shop)
  await shop.client.deposit(ill, 10_000)
  const { orderId } = await shop.client.placeOrder({ customerId: ill, lines: [{ sku, quantity: 1 }] })
  return orderId
}
const seen = () => prometheus.firing()
const deadLetter = (alerts: Awaited<ReturnType<Prometheus['firing']>>) =>
  alerts.find(({ labels }) => labels.alertname === 'SagaDeadLetter')

test('a step fails for good: the alert names it; after the replay it is gone', { timeout: 180_000 }, async () => {
  replayed = await failingOrder()
  const alert = await until('the alert fires', async () => deadLetter(await prometheus.firing()), { seen })
  expect(alert.labels).toEqual({
    ...{ alertname: 'SagaDeadLetter', severity: 'page', service: 'balance', step: 'deduct_balance' },
  })
  expect(alert.annotations.summary).toMatch(/^deduct_balance of balance has failed for good: 1 open dead letters/)
  expect(alert.annotations.runbook).toBe('docs/runbook.md#a-dead-letter')
  const [failed] = await prometheus.query('saga_failed_total{reason="dead"} > 0')
  expect(failed).toMatchObject({ metric: { service: 'balance', step: 'deduct_balance' }, value: 1 })

  // The letter that a query of the dashboards tells of is there now: every one of them has something to say.
  const orders = load()
  expect((await saga('audit', '--prometheus', auditFile)).code).toBe(0)
  const panels = boards.flatMap(({ title, rows }) =>
    rows.flatMap(row =>
      row.panels.flatMap(panel => panel.queries.map(({ expr }) => ({ panel: `${title}: ${panel.title}`, expr }))),
    ),
  )
  expect(panels.length).toBeGreaterThan(30)
  let silent = panels
  await until(
    'every query of every panel says something',
    async () => {
      const saysNothing = await Promise.all(silent.map(({ expr }) => isSilent(expr)))
      silent = silent.filter((_, at) => saysNothing[at])
      return silent.length === 0
    },
    { limitMs: 60_000, everyMs: 500, seen: () => silent },
  )
  await orders.stop()

  await shop.services.balance.stop()
  mended = shop.anotherInstance('balance', Number(new URL(shop.services.balance.url).port), {
    environment: { DEDUCTIONS_FAIL_FOR: '' },
  })
  await mended.start()
  await until('it fires still, or again', async () => deadLetter(await prometheus.firing()), { seen })
  expect((await saga('dlq', 'replay', '--all', '--yes')).code).toBe(0)
  await settled(shop, replayed)
  await until('the alert is gone', async () => deadLetter(await prometheus.firing()) === undefined, { seen })
})

test('that saga is followed through all services by grep alone, and no customer is', async () => {
  const logs = [...Object.values(shop.services), mended!].map(service => service.logFile)
  const grep = (what: string) => execFileSync('grep', ['--no-filename', what, ...logs], { encoding: 'utf8' })
  const lines = await until('the last line is written', () => {
    const found = grep(replayed)
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    return found.some(({ step }) => step === 'record_stock_committed') && found
  })
  for (const line of lines)
    expect(line).toMatchObject({ saga_id: replayed, event_id: expect.any(String), step: expect.any(String) })
  const told = lines.toSorted((a, b) => (a.time < b.time ? -1 : 1)).map(({ service, msg }) => `${service}: ${msg}`)
  expect(told.slice(0, 7)).toEqual([
    ...['order: place_order accepted', 'inventory: reserve_stock succeeded'],
    ...['balance: deduct_balance failed', 'balance: deduct_balance dead'],
    ...['balance: replay by tester', 'balance: deduct_balance succeeded', 'order: confirm_order succeeded'],
  ])
  expect(told.slice(7).toSorted()).toEqual([
    ...['inventory: commit_stock succeeded', 'notification: notify_confirmed rejected'],
    ...['order: record_stock_committed succeeded'],
  ])
  // Deposits and contacts name the customer in their path; grep ends with 1 where there is nothing.
  for (const customer of [ill, 'customer-'])
    expect(() => grep(customer)).toThrow(expect.objectContaining({ status: 1 }))
})

test('it is one trace, over all services and through the outbox, each step below the event that caused it', async () => {
  const traceId = replayed.replaceAll('-', '')
  const ofSaga = () => traces.spans.filter(span => span.traceId === traceId)
  const spans = await until('all its spans have arrived', () => ofSaga().length >= 14 && ofSaga(), { seen: ofSaga })
  expect(treeOf(spans)).toEqual([
    'order place_order accepted',
    '  order send order.events.v1',
    '    inventory reserve_stock succeeded',
    '      inventory send inventory.events.v1',
    '        balance deduct_balance dead',
    '        balance deduct_balance failed',
    '        balance deduct_balance succeeded',
    '          balance send balance.events.v1',
    '            order confirm_order succeeded',
    '              order send order.events.v1',
    '                inventory commit_stock succeeded',
    '                  inventory send inventory.events.v1',
    '                    order record_stock_committed succeeded',
    '                notification notify_confirmed rejected',
  ])
})

/** As Grafana asks it, of all services. */
async function isSilent(expr: string): Promise<boolean> {
  const asked = expr.replaceAll('$__rate_interval', '10s').replaceAll('$service', '.*')
  return (await prometheus.query(asked)).every(({ value }) => Number.isNaN(value))
}

/** Line by line, children below their parents. */
function treeOf(spans: readonly ReceivedSpan[], parentSpanId = '', indent = ''): string[] {
  return spans
    .filter(span => span.parentSpanId === parentSpanId)
    .map(({ service, name, spanId, attributes }) => {
      const step = attributes['saga.step']
      const did = step === undefined ? name.replace(shop.topicPrefix, '') : `${step} ${attributes['saga.outcome']}`
      return { line: `${indent}${service} ${did}`, spanId }
    })
    .toSorted((a, b) => (a.line < b.line ? -1 : 1))
    .flatMap(({ line, spanId }) => [line, ...treeOf(spans, spanId, `${indent}  `)])
}
