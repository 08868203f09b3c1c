import { describe, expect, test } from 'vitest'
import { routes } from './routes.ts'

const receipts = routes.find(route => route.kind === 'command')!

describe('POST /stock/:sku/receipts', () => {
  test.each([1, 1_000_000_000])('takes %d pieces', quantity =>
    expect(receipts.body!.safeParse({ quantity }).success).toBe(true),
  )
  test.each([0, -1, 0.5, 1_000_000_001, '1', null])('refuses %s pieces', quantity =>
    expect(receipts.body!.safeParse({ quantity }).success).toBe(false),
  )
  test('refuses what it does not know', () =>
    expect(receipts.body!.safeParse({ quantity: 1, onHand: 9 }).success).toBe(false))
  test('is about the sku of its path', () =>
    expect(receipts.toCommand({ params: { sku: 'lamp' }, body: { quantity: 2 } })).toEqual({
      sku: 'lamp',
      quantity: 2,
    }))
})

test.each(['', '/', 'a b', '.a', 'a'.repeat(65), "a'b"])('%s is no sku', sku => {
  for (const route of routes) expect(route.params.safeParse({ sku }).success).toBe(false)
})
