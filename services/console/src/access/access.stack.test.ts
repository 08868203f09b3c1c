import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleDatabase } from '../database.fixture.ts'
import { consoleWith, userAt } from './console.fixture.ts'
import { createSeal } from './seal.ts'

const [readToken, actToken] = ['read-0123456789abcdef', 'act-0123456789abcdef']
const tokens = { CONSOLE_READ_TOKEN: readToken, CONSOLE_ACT_TOKEN: actToken }
const sessionKey = 'a key of at least thirty-two characters'

let database: Awaited<ReturnType<typeof consoleDatabase>>
beforeAll(async () => {
  database = await consoleDatabase()
})
afterAll(() => database.end())

test('a token opens a session that may read, or read and act; without one nobody may anything', async () => {
  const { user, pool, host } = await consoleWith(database.url, tokens)
  expect(host).toBe('0.0.0.0')
  const nobody = user()
  expect(await nobody.read()).toMatchObject({ status: 401, body: { code: 'no-session' } })
  expect(await nobody.act()).toMatchObject({ status: 401, body: { code: 'no-session' } })
  expect(await nobody.send('GET', '/api/access')).toMatchObject({
    ...{ status: 200, body: { token: true, oidc: null, session: null } },
  })
  const reader = user()
  expect(await reader.signIn(readToken)).toMatchObject({
    status: 200,
    body: { session: { operator: 'ann', rights: ['read'] } },
  })
  expect(await reader.read()).toMatchObject({ status: 200, body: { operator: 'ann' } })
  expect(await reader.act()).toMatchObject({ status: 403, body: { code: 'right-missing' } })
  const actor = user()
  expect((await actor.signIn(actToken, 'bob')).body.session).toEqual({
    ...{ operator: 'bob', rights: ['read', 'act'], canEnd: true },
  })
  expect(await actor.act()).toMatchObject({ status: 200, body: { operator: 'bob' } })

  const { rows } = await pool.query("select operator, session, act, service from acts where operator = 'bob'")
  expect(rows).toEqual([{ operator: 'bob', session: 'token', act: 'sign-in', service: 'console' }])
})

test('the cookie cannot be read by scripts, goes to no other site, and over https only where the console is reached so', async () => {
  const { user } = await consoleWith(database.url, tokens)
  const cookieOf = async (headers: Record<string, string>) =>
    (await user().send('POST', '/api/session', { token: readToken, operator: 'ann' }, headers)).headers.get(
      'set-cookie',
    )
  expect(await cookieOf({})).toMatch(/^saga-console=.+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/)
  expect(await cookieOf({ 'x-forwarded-proto': 'https' })).toMatch(
    /^__Host-saga-console=.+; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  )
  const behindTls = await consoleWith(database.url, { ...tokens, CONSOLE_URL: 'https://console.example' })
  const { headers } = await behindTls.user().signIn(readToken)
  expect(headers.get('set-cookie')).toMatch(/^__Host-.*Secure/)
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
})

test('a cookie that was changed, forged, sealed for something else, or outlived is none', async () => {
  const { user } = await consoleWith(database.url, { ...tokens, SESSION_KEY: sessionKey })
  const holder = user()
  await holder.signIn(readToken)
  const mine = holder.browser.jar.get('saga-console')!
  const bearing = async (value: string) => {
    const other = user()
    other.browser.jar.set('saga-console', { value, path: '/' })
    return (await other.read()).status
  }
  expect(await bearing(mine.value)).toBe(200)
  const [head, key, nonce, text, tag] = mine.value.split('.') as [string, string, string, string, string]
  const flipped = `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`
  expect(await bearing([head, key, nonce, flipped, tag].join('.'))).toBe(401)

  const content = { jti: crypto.randomUUID(), sub: 'eve', kind: 'token', rights: ['read', 'act'] }
  expect(
    await bearing(await createSeal('another key, which is long enough too', '').close('session', content, 60_000)),
  ).toBe(401)
  const unsigned = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
  const claims = { ...content, aud: 'session', exp: Math.floor(Date.now() / 1_000) + 60 }
  expect(await bearing(`${unsigned}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`)).toBe(401)
})

test('a session ends with its time, with the token that opened it, and with its sign-out everywhere', async () => {
  const environment = { ...tokens, SESSION_KEY: sessionKey }
  const first = await consoleWith(database.url, environment)
  const second = await consoleWith(database.url, environment)
  const user = first.user()
  await user.signIn(actToken)
  const elsewhere = userAt(second.at)
  const copy = user.browser.jar.get('saga-console')!
  elsewhere.browser.jar.set('saga-console', copy)
  expect((await elsewhere.read()).status).toBe(200)

  const rotated = await consoleWith(database.url, { ...environment, CONSOLE_ACT_TOKEN: 'act-fedcba9876543210' })
  const late = userAt(rotated.at)
  late.browser.jar.set('saga-console', copy)
  expect((await late.read()).status).toBe(401)

  expect(await user.signOut()).toMatchObject({ status: 204 })
  expect(user.browser.jar.size).toBe(0)
  expect((await elsewhere.read()).status).toBe(401)
})

test('what changes anything comes from our own pages: header, origin, and what the browser says of the site', async () => {
  const { at, user } = await consoleWith(database.url, { ...tokens, CONSOLE_URL: 'http://console.example' })
  const actor = user()
  await actor.signIn(actToken)
  const foreign = { status: 403, body: { code: 'foreign-page' } }
  expect(await actor.act({ 'saga-console': '' })).toMatchObject(foreign)
  for (const origin of ['http://evil.example', 'null', `${at}0`, 'http://console.example.evil.example'])
    expect(await actor.act({ origin })).toMatchObject(foreign)
  for (const site of ['cross-site', 'same-site', 'none'])
    expect(await actor.act({ 'sec-fetch-site': site })).toMatchObject(foreign)
  // A sign-in is a change too: nobody is to be signed in by somebody else's page, as somebody else.
  const tricked = await user().send(
    'POST',
    '/api/session',
    { token: actToken, operator: 'eve' },
    { origin: 'http://evil.example' },
  )
  expect(tricked).toMatchObject(foreign)
  for (const origin of [at, 'http://console.example'])
    expect((await actor.act({ origin, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
})

test('no page of another site may frame ours, run scripts in it, or find an answer in a cache', async () => {
  const { user } = await consoleWith(database.url, tokens)
  const page = await user().send('GET', '/sagas/1')
  const policy = page.headers.get('content-security-policy')!
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ])
    expect(policy.split(';')).toContain(rule)
  expect(policy).not.toContain('unsafe')
  expect(page.headers.get('x-frame-options')).toBe('DENY')
  expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  const refused = await user().read()
  expect(refused.headers.get('content-security-policy')).toBe(policy)
  expect(refused.headers.get('cache-control')).toBe('no-store')
})

test('wrong tokens are tried ten times a minute from one address, then the right one waits too', async () => {
  const { user } = await consoleWith(database.url, tokens)
  const guesser = user()
  for (let n = 0; n < 10; n++)
    expect(await guesser.signIn(`guess-${n}`)).toMatchObject({ status: 401, body: { code: 'wrong-token' } })
  const late = await guesser.signIn(actToken)
  expect(late).toMatchObject({ status: 429, body: { code: 'too-many-attempts' } })
  expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('behind a proxy that is trusted each reader has his own limit; whoever else says so is not believed', async () => {
  const from = (address: string) => ({ 'x-forwarded-for': address })
  const fill = async (user: ReturnType<typeof userAt>, address: string) => {
    for (let n = 0; n < 10; n++) await user.signIn(`guess-${n}`, 'eve', from(address))
    return (await user.signIn(actToken, 'eve', from(address))).status
  }
  const trusting = (await consoleWith(database.url, { ...tokens, TRUSTED_PROXIES: '10.0.0.7,127.0.0.0/8' })).user()
  expect(await fill(trusting, '203.0.113.1')).toBe(429)
  // What a reader makes up stands before what his proxy adds.
  expect((await trusting.signIn(actToken, 'eve', from('198.51.100.9, 203.0.113.1'))).status).toBe(429)
  expect((await trusting.signIn(actToken, 'ann', from('203.0.113.2'))).status).toBe(200)
  const alone = (await consoleWith(database.url, tokens)).user()
  expect(await fill(alone, '203.0.113.1')).toBe(429)
  expect((await alone.signIn(actToken, 'ann', from('203.0.113.2'))).status).toBe(429)
})

test('a token of one operator opens a session in that name, which nobody else takes', async () => {
  const own = { CONSOLE_READ_TOKENS: 'bob=bob-0123456789abcdef', CONSOLE_ACT_TOKENS: 'carol@x=carol-0123456789abc' }
  const { user } = await consoleWith(database.url, { ...tokens, ...own })
  const sessionOf = async (token: string, operator: string) => (await user().signIn(token, operator)).body.session
  expect(await sessionOf('bob-0123456789abcdef', 'carol@x')).toMatchObject({ operator: 'bob', rights: ['read'] })
  expect(await sessionOf('carol-0123456789abc', 'x')).toMatchObject({ operator: 'carol@x', rights: ['read', 'act'] })
  for (const name of ['bob', 'carol@x'])
    expect(await user().signIn(actToken, name)).toMatchObject({ status: 403, body: { code: 'name-taken' } })
  expect(await sessionOf(actToken, 'dave')).toMatchObject({ operator: 'dave', rights: ['read', 'act'] })
  const only = await consoleWith(database.url, own)
  expect([only.host, (await only.user().read()).status]).toEqual(['0.0.0.0', 401])
})

test('a sign-in that cannot be noted opens no session', async () => {
  const { user, pool } = await consoleWith(database.url, tokens)
  await pool.query('alter table acts rename to acts_elsewhere')
  const unnoted = await user().signIn(actToken)
  await pool.query('alter table acts_elsewhere rename to acts')
  expect([unnoted.status, unnoted.headers.get('set-cookie')]).toEqual([503, null])
})

test('an operator without a name, or with one that no header carries, does not get in', async () => {
  const { user } = await consoleWith(database.url, tokens)
  for (const operator of ['', '  ', 'ann\nroot', 'Änne'])
    expect(await user().signIn(readToken, operator)).toMatchObject({ status: 400, body: { code: 'body-invalid' } })
})

test('with no way in set, whoever is on this machine is local and may all; no name that leads here does', async () => {
  const { at, host, user } = await consoleWith(database.url)
  expect(host).toBe('127.0.0.1')
  expect(await user().act()).toMatchObject({ status: 200, body: { operator: 'local' } })
  expect(await user().act({ origin: 'http://evil.example' })).toMatchObject({
    status: 403,
    body: { code: 'foreign-page' },
  })
  expect((await user().send('GET', '/api/access')).body).toEqual({
    ...{ token: false, oidc: null, session: { operator: 'local', rights: ['read', 'act'], canEnd: false } },
  })
  // fetch does not let a caller name another host.
  const rebound = await new Promise<number | undefined>((resolve, reject) =>
    httpRequest(`${at}/api/seen`, { headers: { host: 'evil.example' } }, answer => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .on('error', reject)
      .end(),
  )
  expect(rebound).toBe(403)
})
