/** An operator at the console, in a real browser, from a saga that breaks to its replay, on a shop that runs. */
import { resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { NotificationSent } from 'shop-schemas'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildPages } from '../../infra/shop/console-pages.ts'
import { breakRows } from './break-rows.ts'
import { type HandPublisher, handPublisher } from './hand-publisher.ts'
import { type OperatorBrowser, openBrowser, picture } from './operator-browser.ts'
import { consoleToken, type RunningConsole, runConsole } from './running-console.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { settled, stage } from './stage.ts'

let shop: RunningShop
let running: RunningConsole
let stranger: HandPublisher
let browser: OperatorBrowser
beforeAll(async () => {
  shop = await runShop('console', { environment: { RETRY_MAX_ATTEMPTS: '2', STOCK_RELEASE_DELAY: '500ms' } })
  const folder = resolve(import.meta.dirname, '../../.local/e2e/console-pages')
  await buildPages({ folder, report: () => {}, signal: AbortSignal.timeout(100_000) })
  running = await runConsole(shop)
  stranger = await handPublisher(shop)
  browser = await openBrowser()
}, 180_000)
afterAll(async () => {
  await browser?.end()
  await stranger?.end()
  await running?.end()
  await shop?.end()
})

/** Orders that end well, out of stock, and short of money: what a list has beside the one that is looked for. */
async function others() {
  const [well, short] = [await stage(shop), await stage(shop, { depositMinor: 100 })]
  const lines = (of: typeof well, quantity: number) => of.order([{ sku: of.sku, quantity }])
  const orderIds = [await lines(well, 2), await lines(well, 100), await lines(short, 1), await lines(well, 1)]
  for (const orderId of orderIds) await settled(shop, orderId)
}

async function signIn(page: Page, operator: string) {
  await page.goto(running.url)
  await page.getByLabel(/^Your name/).fill(operator)
  await page.getByLabel('Token').fill(consoleToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Sagas' }).waitFor()
}

test('an order is stuck, and is seen, understood, mended and replayed from the page', {
  timeout: 240_000,
}, async () => {
  await others()
  const ill = await stage(shop)
  const mend = await breakRows(shop, 'balance', 'accounts', `new.customer_id = '${ill.customer}'`)
  const orderId = await ill.order([{ sku: ill.sku, quantity: 3 }])

  const page = await browser.context.newPage()
  page.setDefaultTimeout(60_000)
  await signIn(page, 'ann')
  const row = page.getByRole('row').filter({ has: page.getByTitle(orderId) })
  await row.getByText('blocked').waitFor()
  expect(await row.innerText()).toContain('sqlstate-P0001')
  await page.getByRole('row').filter({ hasText: 'settled' }).nth(3).waitFor()
  await picture(page, 'sagas')

  await row.getByRole('link').first().click()
  const awaited = page.getByRole('region', { name: 'What is awaited' })
  await awaited.getByText('The message is dead there').waitFor()
  expect(await awaited.innerText()).toMatch(
    /balance owes BalanceDeducted or BalanceRejected \(deduct_balance\) for StockReserved by .*Last error: .*broken for the test/s,
  )
  await picture(page, 'saga-blocked')

  // Another tab, which nobody touches from here on.
  const watching = await browser.context.newPage()
  watching.setDefaultTimeout(60_000)
  await watching.goto(page.url())
  await watching.getByText('A dead letter blocks it.').waitFor()
  await watching.evaluate(() => Object.assign(globalThis, { isAsItWasLoaded: true }))

  await page.getByRole('link', { name: /^Dead letters/ }).click()
  await page.getByRole('link', { name: 'balance deduct_balance' }).click()
  await page.getByRole('link', { name: 'StockReserved' }).click()
  await page.getByRole('button', { name: 'Dry run', exact: true }).click()
  const dryRun = page.getByRole('region', { name: /^Dry run/ })
  await dryRun.getByText('would not end').waitFor()
  expect(await dryRun.innerText()).toContain('broken for the test')

  await mend()
  await page.getByRole('button', { name: 'Dry run', exact: true }).click()
  await page.getByRole('heading', { name: /^Dry run: 1 of 1 letter tried would end/ }).waitFor()
  expect(await dryRun.innerText()).toMatch(/balanceMinor\s+10000 → 9250/)
  await picture(page, 'dry-run')
  await ill.expectMoney({ balanceMinor: 10_000, deductedMinor: 0 })

  await page.getByRole('button', { name: /^Plan a replay/ }).click()
  await page.getByRole('button', { name: 'Replay 1 letter' }).click()
  await page.getByText('Every letter was tried.').waitFor()
  await settled(shop, orderId)
  await ill.expectMoney({ balanceMinor: 9_250, deductedMinor: 750 })

  await watching.getByText('Nothing is awaited.').waitFor()
  await watching.getByRole('heading', { level: 1 }).getByText('CONFIRMED').waitFor()
  await watching.getByText('replay by ann').waitFor()
  await picture(watching, 'saga-settled')
  const travel = watching.getByRole('region', { name: 'Its rows, step by step' })
  await travel.getByRole('button', { name: 'confirm_order' }).click()
  expect(await travel.innerText()).toMatch(/status\s+PENDING → CONFIRMED/)
  await travel.scrollIntoViewIfNeeded()
  await picture(watching, 'time-travel')
  expect(await watching.evaluate(() => 'isAsItWasLoaded' in globalThis)).toBe(true)

  await page.getByRole('link', { name: 'Who did what' }).click()
  await page.getByRole('row', { name: /ann replay balance/ }).waitFor()
  await page.getByRole('link', { name: 'Choreography' }).click()
  await page.getByRole('heading', { name: 'Choreography' }).waitFor()
  await picture(page, 'choreography')
  expect(browser.complaints).toEqual([])
})

test('what an event says is text, whatever it says', { timeout: 120_000 }, async () => {
  const { order, sku } = await stage(shop)
  const orderId = await order([{ sku, quantity: 1 }])
  await settled(shop, orderId)
  const hostile = `<img src="x" onerror="hostile=1"><script>hostile=1</script>`
  const said = stranger.event(NotificationSent({ orderId, channel: hostile, template: hostile }), { id: hostile })
  await stranger.publish(said, { ...said, headers: { ...said.headers, ce_id: 'another', ce_type: hostile } })

  const page = await browser.context.newPage()
  await page.goto(`${running.url}/sagas/${orderId}`)
  await page.getByRole('button', { name: hostile }).click()
  await page.getByText(JSON.stringify(hostile).slice(1, -1)).first().waitFor()
  expect(await page.locator('img[src="x"]').count()).toBe(0)
  expect(await page.evaluate(() => 'hostile' in globalThis)).toBe(false)
  expect(browser.complaints).toEqual([])
})
