import { expect, test } from 'vitest'
import type { ServedPages } from './console.fixture.ts'
import { planned, running } from './fixtures/letters.fixture.ts'
import { blockedOrder, planId, refusedOrder, sagaId } from './fixtures/refused-order.fixture.ts'
import { paths } from './paths.fixture.ts'

/** The machine may be busy. Less than the half minute after which pages ask again by themselves. */
const patient = { timeout: 20_000 }

export function live(pages: () => ServedPages) {
  const times = (route: string) => pages().asked.filter(each => each.route === route).length

  test('a hint about the saga on the page makes it ask again; one about another does not', async () => {
    pages().routes[`GET /api/sagas/${sagaId}`] = () => blockedOrder
    const page = await pages().open(paths.saga)
    await page.getByText('A dead letter blocks it.').waitFor()
    await page.getByText('Live', { exact: true }).waitFor()
    pages().hint({ kind: 'sagas', sagaIds: ['another'], more: false })
    await expect.poll(() => times('GET /api/counts'), patient).toBeGreaterThan(1)
    expect(times(`GET /api/sagas/${sagaId}`)).toBe(1)

    pages().routes[`GET /api/sagas/${sagaId}`] = () => refusedOrder
    pages().hint({ kind: 'sagas', sagaIds: [sagaId], more: false })
    await page.getByText('Nothing is awaited.').waitFor()
  })

  test('many hints are one question', async () => {
    const page = await pages().open(paths.sagas)
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByRole('table').first().waitFor()
    for (let count = 0; count < 50; count++) pages().hint({ kind: 'sagas', sagaIds: [`${count}`], more: false })
    await expect.poll(() => times('GET /api/sagas'), patient).toBe(2)
  })

  test('a plan’s progress comes with its hint', async () => {
    pages().routes[`GET /api/plans/${planId}`] = () => ({ ...running, ended: 1, failed: 0, skipped: 0, left: 127 })
    const page = await pages().open(paths['a plan'])
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByText('127 left').waitFor()
    pages().hint({ kind: 'plan', plan: { ...planned, status: 'done', ended: 128, left: 0 } })
    await page.getByText('Every letter was tried.').waitFor()
  })

  test('a lost connection is shown, comes back by itself, and then everything is asked again', async () => {
    const page = await pages().open(paths.sagas)
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByRole('table').first().waitFor()
    const before = times('GET /api/sagas')
    pages().dropLive(true)
    await page.getByText('Connection lost').waitFor()
    pages().dropLive(false)
    await page.getByText('Live', { exact: true }).waitFor()
    await expect.poll(() => times('GET /api/sagas'), patient).toBeGreaterThan(before)
  })
}
