import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { violations } from './axe.fixture.ts'
import type { ServedPages } from './console.fixture.ts'
import { signedOut } from './fixtures/access.fixture.ts'
import { focused } from './focused.fixture.ts'
import { paths } from './paths.fixture.ts'

const longestWalk = 160

/** What must be so of every page. A page is loaded once for all of it, since loading costs the most. */
export function eachPage(pages: () => ServedPages) {
  // A saga with an event opened has all that one without has.
  const { saga: _, ...others } = paths
  test.each(Object.entries(others))(
    '%s: by keyboard, without barriers in light and dark, at 360 pixels',
    async (_, path) => {
      const page = await pages().open(path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('networkidle')
      await walk(page)
      await openDryRun(page)
      expect(await violations(page)).toEqual([])
      // What a theme changes is colours.
      await page.emulateMedia({ colorScheme: 'dark' })
      expect(await violations(page, ['color-contrast'])).toEqual([])
      await page.setViewportSize({ width: 360, height: 740 })
      // A busy browser lays the page out a little later. What is wide scrolls within the page, and the page itself does not.
      await expect.poll(() => page.evaluate('document.documentElement.scrollWidth'), { timeout: 10_000 }).toBe(360)
    },
  )

  test('the list of sagas fits a small window: its cells wrap, and what is wider scrolls in its own box', async () => {
    const page = await pages().open(paths.sagas)
    await page.getByRole('group', { name: 'Sagas' }).waitFor()
    const hidden = `(box => box.scrollWidth - box.clientWidth)(document.querySelector('.scroll[aria-label=Sagas]'))`
    expect(await page.evaluate(hidden)).toBe(0)
    await page.setViewportSize({ width: 800, height: 800 })
    const outside = `[...document.querySelectorAll('main *')].filter(each => !each.closest('.scroll') && each.getBoundingClientRect().right > innerWidth).length`
    await expect.poll(() => page.evaluate(hidden), { timeout: 10_000 }).toBeGreaterThan(0)
    // A busy browser lays the page out a little later.
    await expect.poll(() => page.evaluate(outside), { timeout: 10_000 }).toBe(0)
  })

  test('signing in and discarding: without barriers', async () => {
    const letter = await pages().open(paths['a letter'])
    await letter.getByRole('button', { name: /^Discard/ }).click()
    expect(await violations(letter)).toEqual([])
    pages().routes['GET /api/access'] = () => signedOut
    const page = await pages().open('/sagas')
    await page.getByLabel('Token').waitFor()
    expect(await violations(page)).toEqual([])
  })
}

/** The Tab key passes through the page and out of it, and the focus is always seen. */
async function walk(page: Page) {
  const passed = []
  for (let steps = 0; steps < longestWalk; steps++) {
    await page.keyboard.press('Tab')
    const here = await focused(page)
    if (!here) break
    passed.push(here)
  }
  expect(passed.length, 'the focus is let out').toBeLessThan(longestWalk)
  expect(passed[0]?.text).toBe('Skip to the page')
  expect(
    passed.filter(each => !each.isSeen).map(each => each.text),
    'the focus is seen',
  ).toEqual([])
}

async function openDryRun(page: Page) {
  const dryRun = page.getByRole('button', { name: /^Dry run/ })
  if (!(await dryRun.isVisible())) return
  await dryRun.click()
  await page.locator('details.tried').first().evaluate('element => { element.open = true }')
}
