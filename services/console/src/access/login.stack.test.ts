import { decodeJwt, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleDatabase } from '../database.fixture.ts'
import { consoleWith } from './console.fixture.ts'
import { logIn, startProvider } from './provider.fixture.ts'

/** As browsers see it, behind a proxy; the test goes to its port. */
const url = 'https://console.example'

let database: Awaited<ReturnType<typeof consoleDatabase>>
let provider: Awaited<ReturnType<typeof startProvider>>
beforeAll(async () => {
  database = await consoleDatabase()
  provider = await startProvider(
    {
      ann: { preferred_username: 'ann', groups: ['staff', 'saga-operators'] },
      bob: { preferred_username: 'Bób', groups: ['staff'] },
      eve: { preferred_username: 'eve', groups: 'saga-operators-not' },
      nameless: { groups: ['staff', 'saga-operators'] },
    },
    `${url}/api/oidc/callback`,
  )
})
afterAll(async () => {
  provider.close()
  await database.end()
})

async function start(environment: Record<string, string> = {}) {
  return consoleWith(database.url, {
    ...{ CONSOLE_URL: url, OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: 'console', OIDC_CLIENT_SECRET: 'a secret' },
    ...{ OIDC_ACT: 'groups=saga-operators', OIDC_READ: 'groups=staff', OIDC_NAME: 'Shop login' },
    ...environment,
  })
}
type User = ReturnType<Awaited<ReturnType<typeof start>>['user']>

/** From the console to the provider and back to the door. @returns where the provider sends the browser */
async function toDoor({ browser, send }: User, login: string, back?: string): Promise<string> {
  const begun = await send('GET', `/api/oidc/login${back === undefined ? '' : `?return=${encodeURIComponent(back)}`}`)
  expect(begun.status).toBe(303)
  const to = await logIn(browser, begun.headers.get('location')!, login)
  expect(to.origin).toBe(url)
  return to.pathname + to.search
}
async function through(user: User, login: string, back?: string): Promise<string | null> {
  const answer = await user.send('GET', await toDoor(user, login, back))
  return answer.headers.get('location')
}

test('a login opens a session with the rights that its claims give, in the name that its claim has', async () => {
  const { user, pool } = await start()
  const ann = user()
  expect((await ann.send('GET', '/api/access')).body).toEqual({ token: false, oidc: 'Shop login', session: null })
  expect(await through(ann, 'ann', '/letters?step=pay')).toBe('/letters?step=pay')
  expect(await ann.act()).toMatchObject({ status: 200, body: { operator: 'ann' } })
  const bob = user()
  expect(await through(bob, 'bob')).toBe('/')
  expect(await bob.read()).toMatchObject({ status: 200, body: { operator: 'B%C3%B3b' } })
  expect(await bob.act()).toMatchObject({ status: 403, body: { code: 'right-missing' } })
  const { rows } = await pool.query(
    "select operator, session, act from acts where operator in ('ann', 'B%C3%B3b') order by seq",
  )
  expect(rows.map(Object.values)).toEqual([
    ['ann', 'oidc', 'sign-in'],
    ['B%C3%B3b', 'oidc', 'sign-in'],
  ])
})

test('who may not read, or has no name, gets no session', async () => {
  const { user } = await start()
  for (const [login, refused] of [
    ['eve', 'no-right'],
    ['nameless', 'no-operator'],
  ] as const) {
    const them = user()
    expect(await through(them, login)).toBe(`/?refused=${refused}`)
    expect((await them.read()).status).toBe(401)
  }
})

test('a login leads back to a path of ours, and nowhere else', async () => {
  const { user } = await start()
  for (const elsewhere of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])
    expect(await through(user(), 'ann', elsewhere)).toBe('/')
})

test('an answer that was made up, comes twice, or comes to another browser opens nothing', async () => {
  const { user } = await start()
  const victim = user()
  const attacker = user()
  const door = await toDoor(attacker, 'ann')
  // The attacker leads the victim to his own answer, which would sign the victim in as the attacker.
  const tricked = await victim.send('GET', door)
  expect(tricked.headers.get('location')).toBe('/?refused=login-expired')
  expect((await victim.read()).status).toBe(401)

  const withoutState = user()
  const its = new URL(await toDoor(withoutState, 'ann'), url)
  its.searchParams.set('state', 'made-up')
  expect((await withoutState.send('GET', its.pathname + its.search)).headers.get('location')).toBe(
    '/?refused=login-failed',
  )

  expect((await attacker.send('GET', door)).headers.get('location')).toBe('/')
  expect((await user().send('GET', door)).headers.get('location')).toBe('/?refused=login-expired')
  const denied = user()
  const { searchParams } = new URL((await denied.send('GET', '/api/oidc/login')).headers.get('location')!)
  const no = await denied.send('GET', `/api/oidc/callback?error=access_denied&state=${searchParams.get('state')}`)
  expect(no.headers.get('location')).toBe('/?refused=login-failed')
})

test.each<[string, (claims: JWTPayload) => JWTPayload, 'ours' | 'foreign']>([
  ['is signed by another key', claims => claims, 'foreign'],
  ['is for another client', claims => ({ ...claims, aud: 'another' }), 'ours'],
  ['is of another login', claims => ({ ...claims, nonce: 'another' }), 'ours'],
  ['is of another issuer', claims => ({ ...claims, iss: 'http://127.0.0.1:1' }), 'ours'],
  ['has expired', claims => ({ ...claims, exp: Math.floor(Date.now() / 1_000) - 3_600 }), 'ours'],
])('an ID token that %s opens nothing', async (_, change, signedBy) => {
  const { user } = await start()
  const foreign = (await generateKeyPair('RS256')).privateKey
  provider.tamper(idToken =>
    new SignJWT(change(decodeJwt(idToken)))
      .setProtectedHeader({ alg: 'RS256', kid: 'ours' })
      .sign(signedBy === 'ours' ? provider.privateKey : foreign),
  )
  try {
    const them = user()
    expect(await through(them, 'ann')).toBe('/?refused=login-failed')
    expect((await them.read()).status).toBe(401)
  } finally {
    provider.tamper(undefined)
  }
  // Signed anew and otherwise unchanged it is taken: what was refused is what was changed.
  if (signedBy === 'ours') expect(await through(user(), 'ann')).toBe('/')
})

test('a provider that is away is said so, and the console runs', async () => {
  const { user } = await start({ OIDC_ISSUER: 'http://127.0.0.1:1' })
  const answer = await user().send('GET', '/api/oidc/login')
  expect(answer.headers.get('location')).toBe('/?refused=provider-silent')
})
