import { readFileSync } from 'node:fs'
import { readWithoutSecrets } from 'saga-kit/parts'
import { expect, test } from 'vitest'
import { hasClaim, operatorIn } from './claims.ts'
import { ownPath, whoIs } from './oidc-routes.ts'
import { createSeal } from './seal.ts'
import { accessSettings, checkAccess } from './settings.ts'
import { findToken } from './tokens.ts'

const settings = (environment: Record<string, string>) => {
  const read = readWithoutSecrets(accessSettings, environment)
  checkAccess(read)
  return read
}

test('a token is compared in constant time, and one that is not set matches nothing', () => {
  const [readTokens, actTokens] = [new Map(), new Map([['bob', 'bob-0123456789abcdef']])]
  const tokenOf = findToken({
    ...{ readToken: 'read-0123456789abcdef', actToken: 'act-0123456789abcdef', readTokens, actTokens },
  })
  const rightsOf = (given: string) => tokenOf(given)?.rights
  expect(tokenOf('bob-0123456789abcdef')).toEqual({ rights: ['read', 'act'], operator: 'bob' })
  expect([
    rightsOf('read-0123456789abcdef'),
    rightsOf('act-0123456789abcdef'),
    rightsOf('act-0123456789abcde'),
  ]).toEqual([['read'], ['read', 'act'], undefined])
  const none = findToken({ readToken: undefined, actToken: undefined, readTokens, actTokens: new Map() })
  expect([none(''), none('undefined')]).toEqual([undefined, undefined])
  // What no behaviour shows: nothing but timingSafeEqual looks at a token.
  const source = readFileSync(new URL('./tokens.ts', import.meta.url), 'utf8')
  expect(source.match(/timingSafeEqual\(/g)).toHaveLength(1)
  expect(source).not.toMatch(/given ===|=== given|\.startsWith|includes\(given/)
})

test('a seal is opened for its purpose, before its time is over, with its key and what it is bound to', async () => {
  let now = new Date()
  const clock = () => now
  const seal = createSeal('secret', 'tokens', clock)
  const sealed = await seal.close('session', { sub: 'ann' }, 60_000)
  expect(await seal.open('session', sealed)).toMatchObject({ sub: 'ann' })
  expect(sealed).not.toContain(Buffer.from('ann').toString('base64url'))
  expect(await seal.open('login', sealed)).toBeUndefined()
  expect(await createSeal('secret', 'other tokens', clock).open('session', sealed)).toBeUndefined()
  expect(await createSeal(undefined, 'tokens', clock).open('session', sealed)).toBeUndefined()
  now = new Date(now.getTime() + 61_000)
  expect(await seal.open('session', sealed)).toBeUndefined()
})

test('a claim is a text or a list that has the value, also deeper', () => {
  const claims = {
    groups: ['a', 'b'],
    realm_access: { roles: ['operator'] },
    'https://x.example/role': 'operator',
    one: 'a',
  }
  const has = (path: string[], value: string) => hasClaim(claims, { path, value })
  expect([has(['groups'], 'a'), has(['groups'], 'c'), has(['one'], 'a'), has(['one'], 'ab')]).toEqual([
    true,
    false,
    true,
    false,
  ])
  expect([has(['realm_access', 'roles'], 'operator'), has(['realm_access', 'roles', 'x'], 'operator')]).toEqual([
    true,
    false,
  ])
  expect(has('https://x.example/role'.split('.'), 'operator')).toBe(true)
})

test('a name is kept as it is, or so that two names stay two', () => {
  expect(operatorIn({ name: ' ann@shop ' }, 'name')).toBe('ann@shop')
  expect([operatorIn({ name: 'Bób 100%' }, 'name'), operatorIn({ name: 'x\ny' }, 'name')]).toEqual([
    'B%C3%B3b 100%25',
    'x%0Ay',
  ])
  for (const name of [undefined, 7, '', 'x'.repeat(101)]) expect(operatorIn({ name }, 'name')).toBeUndefined()
})

test('whoever may act may read; without OIDC_ACT nobody acts', () => {
  const of = { oidcOperatorClaim: 'name', oidcRead: undefined, oidcAct: undefined }
  expect(whoIs({ name: 'ann' }, of)).toEqual({ operator: 'ann', rights: ['read'] })
  const act = { path: ['groups'], value: 'ops' }
  expect(
    whoIs({ name: 'ann', groups: ['ops'] }, { ...of, oidcRead: { path: ['groups'], value: 'x' }, oidcAct: act }),
  ).toEqual({
    ...{ operator: 'ann', rights: ['read', 'act'] },
  })
})

test.each([
  ['/sagas?x=1', '/sagas?x=1'],
  ['//evil.example/x', '/'],
  ['/\\evil.example', '/'],
  ['/.//evil.example', '/'],
  ['/x/..//evil.example', '/'],
  ['/%2e//evil.example', '/'],
  ['https://evil.example', '/'],
  ['/\t/evil.example', '/'],
  [null, '/'],
])('a login that is to return to %j returns to %j', (given, path) => expect(ownPath(given)).toBe(path))

const token = 'x'.repeat(16)
test.each<[Record<string, string>, RegExp]>([
  [{ CONSOLE_READ_TOKEN: 'short' }, /CONSOLE_READ_TOKEN=\[redacted\] is no token/],
  [{ CONSOLE_READ_TOKEN: 'x'.repeat(16), CONSOLE_ACT_TOKEN: 'x'.repeat(16) }, /are the same/],
  [{ OIDC_CLIENT_ID: 'x' }, /OIDC_CLIENT_ID is set but OIDC_ISSUER is not/],
  [{ OIDC_ISSUER: 'https://login.example' }, /OIDC_CLIENT_ID is not/],
  [{ OIDC_ISSUER: 'https://login.example', OIDC_CLIENT_ID: 'x' }, /CONSOLE_URL is not/],
  [{ OIDC_ISSUER: 'http://login.example' }, /is no issuer/],
  [{ CONSOLE_URL: 'https://console.example/path' }, /without a path/],
  [{ OIDC_ACT: 'groups' }, /names no claim and value/],
  [{ SESSION_KEY: 'short' }, /shorter than 32/],
  [{ CONSOLE_ACT_TOKENS: 'ann=short' }, /CONSOLE_ACT_TOKENS=\[redacted\] is no list of operators with a token each/],
  [{ CONSOLE_ACT_TOKENS: `ann=${token},ann=${token}2` }, /CONSOLE_ACT_TOKENS=\[redacted\] is no list of operators/],
  [{ CONSOLE_READ_TOKENS: `ann=${token}`, CONSOLE_ACT_TOKEN: token }, /have a token twice/],
  [{ CONSOLE_READ_TOKENS: `ann=${token}`, CONSOLE_ACT_TOKENS: `ann=${token}2` }, /both name ann/],
  [{ TRUSTED_PROXIES: 'proxy.example' }, /TRUSTED_PROXIES=proxy.example names no addresses of proxies/],
  [{ TRUSTED_PROXIES: '10.0.0.0/33' }, /names no addresses of proxies/],
  [{ TRUSTED_PROXIES: '0.0.0.0/0' }, /names no addresses of proxies/],
])('%j is refused at the start', (environment, line) => expect(() => settings(environment)).toThrow(line))
