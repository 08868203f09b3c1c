import { expect, test } from 'vitest'
import { withheldFrom } from './token.ts'

test.each([
  ['https://balance.example/admin', false, /--token-to-declared/],
  ['https://balance.example/admin', true, undefined],
  ['http://balance.example:3103', false, /--token-to-declared/],
  ['http://balance.example:3103', true, undefined],
  ['http://127.0.0.1:3103', true, /--admin/],
  ['http://127.9.9.9', true, /--admin/],
  ['http://2130706433', true, /--admin/],
  ['http://localhost:1', true, /--admin/],
  ['http://LOCALHOST.:1', true, /--admin/],
  ['http://a.localhost:1', true, /--admin/],
  ['http://[::1]:1', true, /--admin/],
  ['http://[::ffff:127.0.0.1]:1', true, /--admin/],
  ['http://0.0.0.0:1', true, /--admin/],
  ['https://localhost:1', false, /--admin/],
  ['http://localhost.evil.example', false, /--token-to-declared/],
])('the declared address %s, with --token-to-declared %j', (url, tokenToDeclared, withheld) => {
  const why = withheldFrom(url, {
    tokenToDeclared,
    settingNames: { admin: '--admin', tokenToDeclared: '--token-to-declared' },
  })
  if (withheld === undefined) expect(why).toBeUndefined()
  else expect(why).toMatch(withheld)
})
