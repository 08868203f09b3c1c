import { afterEach, expect, test, vi } from 'vitest'
import type { Admin } from '../admin.ts'
import { readTrace } from './read-trace.ts'
import { at, declared, knows, placed, saga, waiting } from './trace.fixture.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('what was answered is judged by the time of asking, however long another service takes', async () => {
  vi.useFakeTimers({ now: new Date(at(30)) })
  const timer = waiting({ id: `order/${saga}/TimedOut`, kind: 'timer', messageType: 'TimedOut', dueAt: at(40) })
  const [, known] = knows('order', { log: [placed], waiting: [timer] })
  const admins = [
    { service: 'order', saga: async () => (known.kind === 'knows' ? known.state : undefined) },
    { service: 'pay', saga: () => new Promise(answer => setTimeout(answer, 15_000)) },
  ] as unknown as Admin[]
  const reading = readTrace({ admins, declared, silent: [] }, saga)
  await vi.advanceTimersByTimeAsync(15_000)
  const trace = await reading
  expect(trace.at).toBe(at(30))
  expect(trace.awaited.find(({ stands }) => stands === 'timer')).toMatchObject({ by: at(40), overdue: false })
})
