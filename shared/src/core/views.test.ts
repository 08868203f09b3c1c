import { expect, test } from 'vitest'
import { grantsOf } from './grants.ts'
import { type Grant, loadedTable, openViews } from './views.ts'

const table = () =>
  loadedTable(
    'accounts',
    'account',
    new Map([
      ['ann', { account: 'ann', balance: 1 }],
      ['bob', undefined],
    ]),
  )
const open = (grant: Partial<Grant> = {}) => {
  const accounts = table()
  const opened = openViews([{ table: accounts, access: 'lock', keys: ['ann', 'bob'], ...grant }])
  return { ...opened, view: opened.views.accounts!, accounts, opened }
}

test('rule 7: puts are a message’s own until they are kept', () => {
  const { view, opened, accounts } = open()
  view.put({ account: 'bob', balance: 2 })
  view.delete('ann')
  expect([view.get('bob'), view.get('ann'), opened.touched]).toEqual([{ account: 'bob', balance: 2 }, undefined, true])
  expect(accounts.current.get('ann')).toEqual({ account: 'ann', balance: 1 })
  opened.keep()
  expect([...accounts.current]).toEqual([
    ['ann', undefined],
    ['bob', { account: 'bob', balance: 2 }],
  ])
})

test.each(['get', 'put', 'delete'] as const)('rule 5: to %s a key that was not declared throws', verb => {
  const { view } = open()
  expect(() => view[verb](verb === 'put' ? ({ account: 'cid' } as never) : ('cid' as never))).toThrow(
    expect.objectContaining({ code: 'undeclared-key' }),
  )
})

test('a table that is only looked up is not written', () => {
  const { view } = open({ access: 'look-up' })
  expect(view.get('ann')).toBeDefined()
  expect(() => view.put({ account: 'ann' })).toThrow(expect.objectContaining({ code: 'look-up-written' }))
})

test('a row that was put cannot be changed afterwards', () => {
  const { view } = open()
  const row = { account: 'bob', balance: 2 }
  view.put(row)
  row.balance = 3
  expect(view.get('bob')).toEqual({ account: 'bob', balance: 2 })
})

test.each([
  ['loaded and locked', 'lock', ['ann'], [], true],
  ['not loaded', 'lock', ['cid'], [], false],
  ['loaded without the lock that it needs', 'lock', ['ann'], ['ann'], false],
  ['loaded without a lock, to be looked up', 'look-up', ['ann'], ['ann'], true],
] as const)('rule 5: a message whose keys are %s runs now: %s %s', (_name, access, keys, unlocked, runs) => {
  const accounts = loadedTable('accounts', 'account', table().atLoad, new Set(unlocked))
  const reaction = { reads: [{ state: 'accounts', access, keys: () => keys }] } as never
  expect(grantsOf(reaction, {} as never, new Map([['accounts', accounts]]), true) !== undefined).toBe(runs)
})
