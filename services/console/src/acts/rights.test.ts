import { expect, test } from 'vitest'
import { createActs } from './act-routes.ts'

test('whoever may only read can change nothing', () => {
  const { routes } = createActs({ reach: {}, env: {} } as never)
  expect(routes.filter(({ method }) => method === 'POST')).toHaveLength(6)
  for (const { method, path, right } of routes) expect([path, right]).toEqual([path, method === 'GET' ? 'read' : 'act'])
})
