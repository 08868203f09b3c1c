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
  return { view: opened.views.accounts!, accounts, opened }
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
    expect.objectContaining({
      code: 'undeclared-key',
      message: `${verb} accounts[cid]: the reaction's \`reads\` names only ann, bob; add it there, so that it is locked`,
    }),
  )
})
test('a reaction whose `reads` name no key of the table is told so', () =>
  expect(() => open({ keys: [] }).view.get('ann')).toThrow(/names only no key; add it there/))

test('a table that is only looked up is not written', () => {
  const { view, opened } = open({ access: 'look-up' })
  expect(view.get('ann')).toBeDefined()
  for (const [verb, write] of [
    ['put', () => view.put({ account: 'ann' })],
    ['delete', () => view.delete('ann')],
  ] as const)
    expect(write).toThrow(
      expect.objectContaining({
        code: 'look-up-written',
        message: `${verb} accounts[ann]: the table is only looked up here; use \`reads\` to write it`,
      }),
    )
  expect(opened.touched).toBe(false)
})

test('a row that was put cannot be changed afterwards', () => {
  const { view } = open()
  const row = { account: 'bob', balance: 2 }
  view.put(row)
  row.balance = 3
  expect(view.get('bob')).toEqual({ account: 'bob', balance: 2 })
  expect(() => Object.assign(view.get('bob')!, { balance: 3 })).toThrow(TypeError)
})

test('the changes of a row are what was loaded and what was put last, as long as they are not kept', () => {
  const { view, opened } = open()
  const changes = () => ['ann', 'bob'].map(key => opened.changesOf(key))
  expect(changes()).toEqual([[], []])
  const [ann, bob] = [
    { account: 'ann', balance: 1 },
    { account: 'bob', balance: 2 },
  ]
  view.put(bob)
  view.delete('ann')
  expect(changes()).toEqual([
    [{ table: 'accounts', before: ann, after: null }],
    [{ table: 'accounts', before: null, after: bob }],
  ])
  view.delete('bob')
  expect(opened.changesOf('bob')).toEqual([])
  opened.keep()
  expect(changes()).toEqual([[], []])
})

test('of several tables one is enough to have touched something; what was not touched stays', () => {
  const [accounts, others] = [table(), { ...table(), name: 'others' }]
  const keys = ['ann', 'bob']
  const opened = openViews([accounts, others].map(each => ({ table: each, access: 'lock', keys })))
  opened.views.accounts!.delete('ann')
  expect(opened.touched).toBe(true)
  opened.keep()
  expect([...others.current]).toEqual([...table().current])
})

test('a reaction that reads nothing touches nothing', () => {
  const opened = openViews([])
  expect([opened.views, opened.touched, opened.changesOf('ann')]).toEqual([{}, false, []])
})

test('a key is the text of what `reads` names, whatever its type', () => {
  const rows = new Map([['7', { id: 7, name: 'lamp' }]])
  const reaction = { reads: [{ state: 'items', access: 'lock', keys: () => [7] }] } as never
  const [grant] = grantsOf(reaction, {} as never, new Map([['items', loadedTable('items', 'id', rows)]]), true)!
  expect(grant).toMatchObject({ access: 'lock', keys: ['7'] })
  const { views } = openViews([grant!])
  views.items!.put({ id: 7, name: 'pen' })
  expect(views.items!.get('7')).toEqual({ id: 7, name: 'pen' })
})
test('without the safeguard a key that is not loaded is taken for one without a row', () => {
  const reaction = { reads: [{ state: 'accounts', access: 'lock', keys: () => ['cid'] }] } as never
  const [grant] = grantsOf(reaction, {} as never, new Map([['accounts', table()]]), false)!
  expect(openViews([grant!]).views.accounts!.get('cid')).toBeUndefined()
})

test.each([
  ['loaded and locked', 'lock', ['ann'], [], true],
  ['not loaded', 'lock', ['cid'], [], false],
  ['loaded in part', 'lock', ['ann', 'cid'], [], false],
  ['loaded without the lock that it needs', 'lock', ['ann'], ['ann'], false],
  ['loaded without a lock, to be looked up', 'look-up', ['ann'], ['ann'], true],
] as const)('rule 5: a message whose keys are %s runs now: %s %s', (_name, access, keys, unlocked, runs) => {
  const accounts = loadedTable('accounts', 'account', table().atLoad, new Set(unlocked))
  const reaction = { reads: [{ state: 'accounts', access, keys: () => keys }] } as never
  expect(grantsOf(reaction, {} as never, new Map([['accounts', accounts]]), true) !== undefined).toBe(runs)
})
