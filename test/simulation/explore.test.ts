import { explore } from 'saga-kit/simulation'
import { expect, test, vi } from 'vitest'
import { oneSaga, smallShop, twoOrders } from './small-shop.ts'

// Seconds of work, which a busy machine may make minutes of.
vi.setConfig({ testTimeout: 300_000 })

test('whatever happens to one order, in whatever order, twice, and wherever a process ends: it settles, and what was undone stays undone', async () => {
  const explored = await explore(smallShop, { wishes: oneSaga, copies: 1, crashes: 1 })
  expect(explored).toMatchObject({ isComplete: true, violations: [] })
  expect(Object.keys(explored.endings)).toEqual(['CANCELLED', 'CONFIRMED', 'REFUNDED'])
  // Fewer would mean that something is no longer tried.
  expect(explored.states).toBeGreaterThanOrEqual(2_495)
})

test('of two orders for the same pieces and the same money, in whatever order, each settles', async () => {
  const explored = await explore(smallShop, { wishes: twoOrders, copies: 0, crashes: 0 })
  expect(explored).toMatchObject({ isComplete: true, violations: [] })
  expect(Object.keys(explored.endings)).toEqual(['CANCELLED', 'CONFIRMED'])
})

test.each([
  ['lateActions', /took effect after its compensation/],
  ['emptyCompensation', /is dead/],
  ['fence', /is dead|deducted/],
] as const)('without %s it finds the way that leads to what must not be', async (name, what) => {
  const bound = { wishes: oneSaga, copies: 1, crashes: 0, safeguards: { [name]: false } }
  const found = (await explore(smallShop, bound)).violations.find(violation => what.test(violation.what))
  expect(found?.way[0]).toBe('somebody asks: PlaceOrder 0')
})

test('a bound that is too large proves nothing, and says so', async () => {
  const explored = await explore(smallShop, { wishes: oneSaga, copies: 1, crashes: 1, mostStates: 100 })
  expect(explored.isComplete).toBe(false)
})
