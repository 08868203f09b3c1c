import { expect, test } from 'vitest'
import type { Plan } from '../../src/contract.ts'
import { answer, type ServedPages } from './console.fixture.ts'
import { mayRead } from './fixtures/access.fixture.ts'
import {
  cancelled,
  done,
  interrupted,
  letters,
  outdated,
  paused,
  planned,
  running,
  stale,
} from './fixtures/letters.fixture.ts'
import { planId } from './fixtures/refused-order.fixture.ts'
import { paths } from './paths.fixture.ts'

/** The machine may be busy. */
const patient = { timeout: 20_000 }

export function acting(pages: () => ServedPages) {
  const posted = (route: string) => pages().asked.filter(each => each.route === `POST ${route}`)

  test('two letters are chosen, planned with their deaths, and confirmed with counts and rate', async () => {
    const page = await pages().open(paths['a group of letters'])
    await page.getByText('All 128 letters of the group').waitFor()
    for (const at of [4, 5]) await page.getByRole('checkbox', { name: new RegExp(letters.letters[at]!.id) }).check()
    await page.getByText('2 letters are selected.').waitFor()
    await page.getByRole('button', { name: 'Dry run of all 2' }).waitFor()
    await page.getByRole('button', { name: 'Plan a replay of 2 letters …' }).click()
    await page.getByText('Nothing has been replayed yet.').waitFor()
    const pinned = [4, 5]
      .map(at => letters.letters[at]!)
      .map(({ service, id, sagaId, deaths }) => ({ service, id, sagaId, deaths }))
    expect(posted('/api/plans')).toMatchObject([{ body: { letters: pinned }, header: '1' }])
    expect(pinned.map(({ deaths }) => deaths)).toEqual([2, 1])
    expect(new URL(page.url()).pathname).toBe(`/plans/${planId}`)

    const replay = page.getByRole('button', { name: /Replay 128 letters/ })
    await page.getByLabel(/Letters a second/).fill('0')
    await replay.click({ force: true })
    expect(posted(`/api/plans/${planId}/run`)).toEqual([])
    await page.getByLabel(/Letters a second/).fill('25')
    await replay.click()
    await page.getByText('64 left').waitFor()
    expect(posted(`/api/plans/${planId}/run`)).toMatchObject([{ body: { rate: 25 }, header: '1' }])
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('What is under way is finished first.').waitFor()
  })

  test('without a choice the whole group is meant; no rate is no limit', async () => {
    const page = await pages().open(paths['a group of letters'])
    await page.getByRole('button', { name: 'Dry run of the first 5 of 128' }).waitFor()
    await page.getByRole('button', { name: 'Plan a replay of 128 letters …' }).click()
    await page.getByLabel(/Letters a second/).fill('')
    await page.getByRole('button', { name: /Replay 128 letters/ }).click()
    await page.getByText('64 left').waitFor()
    const group = { service: 'balance', step: 'deduct_balance', error: 'ledger-unavailable' }
    expect(posted('/api/plans').map(({ body }) => body)).toEqual([group])
    expect(posted(`/api/plans/${planId}/run`).map(({ body }) => body)).toEqual([{ rate: null }])
  })

  const states: [Plan, string[], string][] = [
    [planned, ['Replay 128 letters', 'Drop the plan'], 'Nothing has been replayed yet.'],
    [stale, ['Replay 3 letters', 'Drop the plan'], '3 letters of 128 still to be replayed are open'],
    [outdated, ['Drop the plan'], 'none of its letters is open any more'],
    [running, ['Pause', 'Cancel what is left'], 'Letters are being replayed.'],
    [paused, ['Go on with 64 letters', 'Cancel what is left'], 'It goes on when somebody lets it.'],
    [interrupted, ['Go on with 64 letters', 'Cancel what is left'], 'It stopped: balance is away'],
    [cancelled, [], 'What had been replayed stays replayed.'],
    [done, [], 'It died again after 5 tries'],
  ]
  test.each(states)('a plan that is $status offers what can be done', async (plan, buttons, says) => {
    pages().routes[`GET /api/plans/${planId}`] = () => plan
    const page = await pages().open(paths['a plan'])
    await page.getByText(says).waitFor()
    expect(await page.locator('.plan-acts button').allInnerTexts()).toEqual(buttons)
    const tried = page.getByRole('progressbar', { name: 'Letters tried' })
    const hasBegun = plan.left < 128
    expect(await tried.count()).toBe(hasBegun ? 1 : 0)
    if (hasBegun) expect(await tried.getAttribute('value')).toBe(String(128 - plan.left))
  })

  test('a plan names its letters and their sagas, page by page, each with what became of it', async () => {
    const page = await pages().open(paths['a plan'])
    const table = page.getByRole('group', { name: 'What became of each' }).getByRole('table')
    const gone = table.getByRole('row', { name: /gone before/ })
    expect(await gone.innerText()).toContain('replay by jonas')
    const [letter, saga] = await gone.getByRole('link').all()
    expect(await letter?.getAttribute('href')).toMatch(/^\/letter\?service=balance&id=/)
    expect(await saga?.getAttribute('href')).toBe(`/sagas/${letters.letters[1]!.sagaId}`)
    await page.getByRole('link', { name: 'Next page' }).click()
    await page.getByRole('link', { name: 'First page' }).waitFor()
    const asked = pages().asked.findLast(({ route }) => route === `GET /api/plans/${planId}/letters`)
    expect(asked?.search).toContain('after=after-7')
  })

  test('an act that is refused says why', async () => {
    pages().routes[`POST /api/plans/${planId}/run`] = () =>
      answer(409, { code: 'plan-running', detail: 'It runs already.' })
    const page = await pages().open(paths['a plan'])
    await page.getByRole('button', { name: /Replay 128/ }).click()
    await page.getByRole('alert').getByText('It runs already.').waitFor()
  })

  test('who did what: sign-ins too, with how it came out; a plan that is not here is said to be none', async () => {
    const page = await pages().open(paths.acts)
    const signIn = page.getByRole('row', { name: /guest/ })
    expect(await signIn.innerText()).toMatch(/sign-in\s+console.*done/s)
    expect(await signIn.getByRole('button').count()).toBe(0)
    await page.getByRole('row', { name: /jonas/ }).getByText('npx saga').waitFor()
    expect(await page.getByText('npx saga').count()).toBe(1)
    delete pages().routes[`GET /api/plans/${planId}`]
    await page.getByRole('link', { name: '019ad0b4…2b3c4d' }).click()
    await page.getByText('it was run from somebody’s command line').waitFor()
    await page.goBack()
    const dryRun = page.getByRole('row', { name: /dry-run/ })
    await dryRun.getByRole('link').first().click()
    await page.waitForURL(url => `${url.pathname}${url.search}` === paths['a letter'])
  })

  test('a dry run shows the difference of state and events, and changes nothing', async () => {
    const page = await pages().open(paths['a letter'])
    await page.getByRole('button', { name: 'Dry run' }).click()
    await page.getByRole('heading', { name: /1 of 1 letter tried would end/ }).waitFor()
    const account = page.getByRole('table', { name: 'accounts ann' })
    expect(await account.getByRole('row', { name: /balanceMinor/ }).innerText()).toMatch(/25000\s*→\s*14800/)
    await page.getByText('+ BalanceDeducted').waitFor()
    expect(posted('/api/dry-runs')).toMatchObject([{ body: { letters: [{ service: 'balance', deaths: 1 }] } }])
    expect(pages().asked.filter(({ route }) => route.startsWith('POST'))).toHaveLength(1)
  })

  test('a discard needs a reason, and force where it would leave something behind', async () => {
    const page = await pages().open(paths['a letter'])
    await page.getByRole('button', { name: 'Discard …' }).click()
    const dialog = page.getByRole('dialog')
    const discard = dialog.getByRole('button', { name: 'Discard it' })
    await dialog.getByText('the saga stays open for ever').waitFor()
    await dialog.getByLabel(/Reason/).fill('agreed with the bank')
    expect(await discard.isDisabled()).toBe(true)
    await dialog.getByLabel(/by force/).check()
    await dialog.getByLabel(/Reason/).fill('  x')
    expect(await discard.isDisabled()).toBe(true)
    await dialog.getByLabel(/Reason/).fill('agreed with the bank')
    await discard.click()
    await expect
      .poll(() => posted('/api/discards'), patient)
      .toMatchObject([{ body: { reason: 'agreed with the bank', force: true, deaths: 1 }, header: '1' }])
  })

  test('who may only read sees what could be done and why it cannot, and nothing is sent', async () => {
    pages().routes['GET /api/access'] = () => mayRead
    for (const path of [paths['a letter'], paths['a plan']]) {
      const page = await pages().open(path)
      await page.getByText('Your session may read but not act').last().waitFor()
      const acts = page.locator('.act-bar button, .plan-acts button')
      for (const button of await acts.all()) {
        expect(await button.getAttribute('aria-disabled')).toBe('true')
        expect(await button.getAttribute('title')).toContain('lacks the right')
        await button.click({ force: true })
      }
    }
    expect(pages().asked.filter(({ route }) => route.startsWith('POST'))).toEqual([])
  })
}
