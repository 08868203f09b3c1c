import { expect, test } from 'vitest'
import { GatheredChanges } from './gather-changes.ts'

test('many changes of one kind are one, and nothing is told twice', () => {
  const gathered = new GatheredChanges()
  gathered.add({ kind: 'sagas', sagaIds: ['a', 'b'], more: false })
  gathered.add({ kind: 'letters' })
  gathered.add({ kind: 'sagas', sagaIds: ['b', 'c'], more: false })
  gathered.add({ kind: 'letters' })
  gathered.add({ kind: 'plan', planId: 'p' })
  gathered.add({ kind: 'plan', planId: 'p' })
  expect(gathered.take()).toEqual([
    { kind: 'letters' },
    { kind: 'plan', planId: 'p' },
    { kind: 'sagas', sagaIds: ['a', 'b', 'c'], more: false },
  ])
  expect(gathered.take()).toEqual([])
})

test('more sagas than a page would look for are said to be more', () => {
  const gathered = new GatheredChanges()
  const sagaIds = Array.from({ length: 300 }, (_, n) => `saga-${n}`)
  gathered.add({ kind: 'sagas', sagaIds: sagaIds.slice(0, 150), more: false })
  gathered.add({ kind: 'sagas', sagaIds: sagaIds.slice(150), more: false })
  expect(gathered.take()).toEqual([{ kind: 'sagas', sagaIds: sagaIds.slice(0, 200), more: true }])
})

test('that nobody knows which sagas have changed is told, too', () => {
  const gathered = new GatheredChanges()
  gathered.add({ kind: 'sagas', sagaIds: [], more: true })
  expect(gathered.take()).toEqual([{ kind: 'sagas', sagaIds: [], more: true }])
})
