import { expect, test } from 'vitest'
import type { Decision } from '../core/decision.ts'
import { loadedTable } from '../core/views.ts'
import type { Store } from '../postgres/transaction.ts'
import { DryRunReport } from './dry-run-report.ts'

test('an integer beyond what JSON can say is shown as its text', () => {
  const totals = loadedTable('totals', 'id', new Map([['a', undefined]]))
  totals.current.set('a', { id: 'a', total: 2n ** 61n, parts: [2n ** 60n] })
  const report = new DryRunReport({ tables: [{ name: 'totals', table: 'totals' }] } as unknown as Store)
  const loaded = { tables: new Map([['totals', totals]]) }
  report.add({ decided: [], calls: [], outbox: [], loaded } as unknown as Decision)
  expect(report.summary().rows).toEqual([
    { table: 'totals', key: 'a', before: null, after: { id: 'a', total: `${2n ** 61n}`, parts: [`${2n ** 60n}`] } },
  ])
})
