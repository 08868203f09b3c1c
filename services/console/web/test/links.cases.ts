import { expect, test } from 'vitest'
import type { ServedPages } from './console.fixture.ts'
import { sagaId } from './fixtures/refused-order.fixture.ts'
import { noSagas } from './fixtures/sagas.fixture.ts'
import { paths } from './paths.fixture.ts'

/** What one sees stands in the URL, so that it can be sent on. */
export function links(pages: () => ServedPages) {
  const lastAsked = (route: string) => new URLSearchParams(pages().asked.findLast(each => each.route === route)?.search)

  test('a filter that is chosen is in the URL, is asked for, and is there again after a reload', async () => {
    const page = await pages().open('/sagas?after=somewhere')
    await page.getByLabel('State').selectOption('blocked')
    await page.getByLabel('Error').selectOption('ledger-unavailable')
    await page.getByLabel('is', { exact: true }).fill('ann:1')
    await page.waitForURL(/attribute=customerId%3Aann%3A1/)
    const asked = Object.fromEntries(new URL(page.url()).searchParams)
    expect(asked).toEqual({ state: 'blocked', error: 'ledger-unavailable', attribute: 'customerId:ann:1' })

    await page.reload()
    await page.getByRole('table').first().waitFor()
    expect(await page.getByLabel('State').inputValue()).toBe('blocked')
    expect(await page.getByLabel('is', { exact: true }).inputValue()).toBe('ann:1')
    expect(Object.fromEntries(lastAsked('GET /api/sagas'))).toEqual({ ...asked, limit: '50' })
  })

  test('the next page is a link, and the way back leads to the page before', async () => {
    const page = await pages().open('/sagas?state=open')
    await page.getByRole('link', { name: 'Next page' }).click()
    await page.getByRole('link', { name: 'First page' }).waitFor()
    expect(lastAsked('GET /api/sagas').get('after')).not.toBeNull()
    expect(lastAsked('GET /api/sagas').get('state')).toBe('open')
    await page.goBack()
    await page.getByRole('link', { name: 'Next page' }).waitFor()
    expect(new URL(page.url()).search).toBe('?state=open')
  })

  test('a filter that nothing matches says so, and can be cleared', async () => {
    pages().routes['GET /api/sagas'] = ({ url }) => (url.searchParams.has('step') ? noSagas : { sagas: [], next: null })
    const page = await pages().open('/sagas?step=gone')
    await page.getByText('No saga matches these filters.').waitFor()
    expect(await page.getByLabel('At step').inputValue()).toBe('gone')
    await page.getByRole('link', { name: 'Clear filters' }).click()
    await page.getByText('No saga has been seen yet.').waitFor()
  })

  test('the list says what each saga waits for; of one that is blocked it leads to the letter', async () => {
    const page = await pages().open(paths.sagas)
    await page.getByRole('cell', { name: 'deduct_balance of balance and 1 more' }).waitFor()
    await page.getByRole('link', { name: 'dead letter: deduct_balance of balance' }).click()
    await page.getByRole('heading', { name: 'StockReserved at balance' }).waitFor()
  })

  test('health: what was never checked is not said to hold, and a broken saga is a link with what is wrong', async () => {
    const page = await pages().open(paths.health)
    const row = (name: string) => page.getByRole('row', { name })
    await row('An event id means one event').getByText('not known yet').waitFor()
    await page.getByText('It runs next in 36 min.').waitFor()
    await row('Cancelled or refunded').getByRole('link').click()
    await page.waitForURL(`**/sagas/${sagaId}`)
  })

  test('the place in time travel and the chosen event are in the URL', async () => {
    const page = await pages().open(paths.saga)
    await page.getByRole('button', { name: /undo reserve_stock inventory/ }).click()
    await page.getByText('The rows after undo reserve_stock of inventory.').waitFor()
    expect(new URL(page.url()).searchParams.get('after-step')).toBe('5')
    await page.getByRole('button', { name: /balance: BalanceRejected/ }).click()
    const colleague = await pages().open(new URL(page.url()).pathname + new URL(page.url()).search)
    await colleague.getByRole('heading', { name: 'BalanceRejected · balance' }).waitFor()
    const reservation = colleague.getByRole('table', { name: 'reservations of inventory' })
    expect(await reservation.getByRole('row', { name: /status/ }).innerText()).toMatch(/reserved\s*→\s*released/)
  })

  test('before a step created a row, it is not there', async () => {
    const page = await pages().open(`/sagas/${sagaId}?after-step=1`)
    await page.getByRole('table', { name: 'orders of order' }).waitFor()
    expect(await page.getByRole('table', { name: 'reservations of inventory' }).count()).toBe(0)
  })
}
