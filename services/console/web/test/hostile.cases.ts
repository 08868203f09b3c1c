import { expect, test } from 'vitest'
import type { ServedPages } from './console.fixture.ts'
import { choreography } from './fixtures/choreography.fixture.ts'
import { groups, letter, letters } from './fixtures/letters.fixture.ts'
import { blockedOrder, sagaId } from './fixtures/refused-order.fixture.ts'
import { firstPage } from './fixtures/sagas.fixture.ts'
import { paths } from './paths.fixture.ts'

/** No dots: of a type what stands after the last one is shown. */
const script = '<script>harm()</script>'
const image = '<img src=x onerror="harm()">'
const link = 'javascript:harm()'

/** The same data, with every text that a sender chooses turned against the reader. */
function poisoned<Data>(
  data: Data,
  kept: readonly string[] = ['state', 'standing', 'kind', 'status', 'direction', 'bodyBase64'],
): Data {
  const turn = (value: unknown, name = ''): unknown => {
    if (Array.isArray(value)) return value.map(each => turn(each, name))
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, turn(each, key)]))
    if (typeof value !== 'string' || kept.includes(name) || /^\d{4}-\d\d-\d\dT/.test(value)) return value
    return `${value}${script}${image}`
  }
  return turn(data) as Data
}

/**
 * Content of events is data: it is shown as the text that it is, and no element comes of it. Were one to run or to be
 * stopped by the policy, the page would complain.
 */
export function hostile(pages: () => ServedPages) {
  const harmless = async (path: string) => {
    const page = await pages().open(path)
    await page.getByText(script).first().waitFor({ state: 'attached' })
    await page.waitForLoadState('networkidle')
    expect(await page.evaluate('document.querySelectorAll("main img, main script").length')).toBe(0)
    expect(await page.locator(`[href^="javascript:"]`).count()).toBe(0)
    return page
  }

  test('in a list of sagas', async () => {
    const [saga] = firstPage.sagas
    pages().routes['GET /api/sagas'] = () => ({
      sagas: [{ ...poisoned(saga), attributes: { [script]: image, website: link } }],
      next: link,
    })
    await harmless(paths.sagas)
  })

  test('in a saga: its events, headers, letters, rows', async () => {
    const turned = poisoned(blockedOrder)
    pages().routes[`GET /api/sagas/${sagaId}`] = () => turned
    const page = await harmless(paths.saga)
    await page.locator('button[data-roving]').first().click()
    const detail = page.getByRole('complementary')
    await detail.getByText('traceparent').waitFor()
    expect(await detail.innerText()).toContain(image)
    expect(await page.evaluate('document.querySelectorAll("main img, main script").length')).toBe(0)
  })

  test('in letters and what a dry run says of them', async () => {
    pages().routes['GET /api/letters/groups'] = () => poisoned(groups)
    pages().routes['GET /api/letters'] = () => poisoned(letters)
    pages().routes['GET /api/letter'] = () => poisoned(letter, ['kind', 'direction', 'needsForce', 'bodyBase64'])
    for (const path of [paths.letters, paths['a group of letters'], paths['a letter']]) await harmless(path)
  })

  test('in declarations', async () => {
    pages().routes['GET /api/choreography'] = () => poisoned(choreography)
    await harmless(paths.choreography)
  })
}
