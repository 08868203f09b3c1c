import { expect, test } from 'vitest'
import { answer, type ServedPages } from './console.fixture.ts'
import { isOpen, mayAct, signedOut } from './fixtures/access.fixture.ts'
import { paths } from './paths.fixture.ts'

export function signIn(pages: () => ServedPages) {
  test('a link survives the sign-in, and a wrong token is said to be one', async () => {
    pages().routes['GET /api/access'] = () => signedOut
    pages().routes['POST /api/session'] = ({ body }) => {
      if (body.token !== 'right') return answer(401, { code: 'wrong-token', detail: 'it is no token of this console' })
      pages().routes['GET /api/access'] = () => mayAct
      return mayAct
    }
    const page = await pages().open(paths['a plan'])
    const login = page.getByRole('link', { name: 'Sign in with Example Identity' })
    expect(await login.getAttribute('href')).toBe(`/api/oidc/login?return=${encodeURIComponent(paths['a plan'])}`)
    await page.getByLabel(/Your name/).fill('maria.k')
    await page.getByLabel('Token').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').getByText('it is no token of this console').waitFor()
    await page.getByLabel('Token').fill('right')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Replay 128 letters' }).waitFor()
    expect(pages().asked.findLast(each => each.route === 'POST /api/session')?.header).toBe('1')
  })

  test('a session that has ended leads to the sign-in, and so does signing out', async () => {
    pages().routes['GET /api/health'] = () => {
      pages().routes['GET /api/access'] = () => signedOut
      return answer(401, { code: 'signed-out', detail: 'sign in' })
    }
    const ended = await pages().open(paths.health)
    await ended.getByLabel('Token').waitFor()

    pages().routes['GET /api/access'] = () => mayAct
    pages().routes['DELETE /api/session'] = () => {
      pages().routes['GET /api/access'] = () => signedOut
      return answer(200, {})
    }
    const page = await pages().open(paths.sagas)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Token').waitFor()
    expect(await page.getByText('ledger-unavailable').count()).toBe(0)
  })

  test('where nobody has to sign in, nobody can sign out', async () => {
    pages().routes['GET /api/access'] = () => isOpen
    const page = await pages().open(paths.sagas)
    await page.getByTitle(/^Nobody has to sign in here/).waitFor()
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0)
  })

  test('a login that was refused says why', async () => {
    pages().routes['GET /api/access'] = () => signedOut
    const page = await pages().open('/?refused=no-right')
    await page.getByText('have no right to this console').waitFor()
  })
}
