import { expect, test } from 'vitest'
import type { Step } from '../../../../src/contract.ts'
import { rowsAfter } from './rows-after.ts'

const step = (...rows: Step['rows']) => ({ service: 'balance', rows }) as Step
const account = (before: unknown, after: unknown) => ({ table: 'accounts', key: 'ann', before, after })
const debit = (before: unknown, after: unknown) => ({ table: 'debits', key: 'o1', before, after })
const steps = [step(account(100, 60), debit(null, 40)), step(), step(debit(40, null), account(60, 100))]
const at = (position: number) =>
  rowsAfter(steps, position).map(({ table, before, after, changed }) => [table, before, after, changed])

test('before the first step stands what the first step that touched a row found', () => {
  expect(at(0)).toEqual([['accounts', 100, 100, false]])
})

test('after a step, what it changed has a before', () => {
  expect(at(1)).toEqual([
    ['accounts', 100, 60, true],
    ['debits', null, 40, true],
  ])
})

test('a step that changed nothing leaves all as it was', () => {
  expect(at(2)).toEqual([
    ['accounts', 60, 60, false],
    ['debits', 40, 40, false],
  ])
})

test('a row that a step deletes is shown with that step', () => {
  expect(at(3)).toContainEqual(['debits', 40, null, true])
})

test('tables of one name in two services are two', () => {
  const other = { ...step(account(null, 1)), service: 'order' }
  expect(rowsAfter([...steps, other], 4).map(({ service, table }) => `${service} ${table}`)).toEqual([
    'balance accounts',
    'order accounts',
  ])
})
