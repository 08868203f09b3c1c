import { expect, test } from 'vitest'
import type { ServedPages } from './console.fixture.ts'
import { focused } from './focused.fixture.ts'
import { paths } from './paths.fixture.ts'

export function keyboard(pages: () => ServedPages) {
  test('the skip link leads past the navigation', async () => {
    const page = await pages().open(paths.letters)
    await page.getByRole('link', { name: /balance/ }).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect((await focused(page))?.text).toBe('Open letters')
  })

  test('/ goes to the search from any page, and the beginning of an id is asked for', async () => {
    const page = await pages().open(paths.health)
    await page.getByRole('heading', { name: 'Participants' }).waitFor()
    await page.keyboard.press('/')
    await page.locator('#saga-search:focus').waitFor()
    await page.keyboard.type('019ad0b1/')
    await page.waitForURL(/id=019ad0b1/)
    expect(await page.getByRole('searchbox').first().inputValue()).toBe('019ad0b1/')
  })

  test('arrow keys go through the events; Enter opens one, Escape closes it and leads back', async () => {
    const page = await pages().open(paths.saga)
    const placed = page.getByRole('button', { name: /order: OrderPlaced/ })
    await placed.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    expect((await focused(page))?.text).toContain('StockReserved died')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    const detail = page.getByRole('complementary', { name: /StockReserved/ })
    await detail.getByText('4bf92f35…0e4736').waitFor()
    expect((await focused(page))?.text).toBe('StockReserved · inventory')
    await page.keyboard.press('Escape')
    await detail.waitFor({ state: 'detached' })
    expect((await focused(page))?.text).toContain('StockReserved')
    expect(await page.getByRole('list').locator('button[data-roving][tabindex="0"]').count()).toBe(1)
  })

  test('time travel goes by the slider’s arrow keys', async () => {
    const page = await pages().open(paths.saga)
    await page.getByRole('slider', { name: 'Steps done' }).focus()
    await page.keyboard.press('Home')
    await page.getByText('The rows before the first step: there are none.').waitFor()
    await page.keyboard.press('ArrowRight')
    await page.getByText('The rows after place_order of order.').waitFor()
    expect(new URL(page.url()).searchParams.get('after-step')).toBe('1')
  })

  test('a step of the choreography is chosen with Enter, and the table shows its ways alone', async () => {
    const page = await pages().open(paths.choreography)
    await page.getByRole('button', { name: /loyalty/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Ways to and from grant_points' }).waitFor()
    const rows = page.getByRole('table').getByRole('row')
    expect(await rows.count()).toBe(2)
    expect(await rows.last().innerText()).toContain('not declared')
  })

  test('Escape closes the discard dialog, and the focus is back at its button', async () => {
    const page = await pages().open(paths['a letter'])
    await page.getByRole('button', { name: /^Discard/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Discard this message?' }).waitFor()
    expect((await focused(page))?.tag).toBe('textarea')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect((await focused(page))?.text).toBe('Discard …')
    expect(pages().asked.some(({ route }) => route === 'POST /api/discards')).toBe(false)
  })
}
