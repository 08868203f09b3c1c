import { expect, test, vi } from 'vitest'
import { forget } from './forget.ts'

/** A database that has no connection for a transaction; the tables of which it is asked to forget something. */
function forgetting(horizonMs: number) {
  const asked: string[] = []
  const troubles: string[] = []
  const pool = {
    async connect() {
      asked.push('sagas')
      throw new Error('no connection')
    },
    async query(text: string) {
      asked.push(/^delete from saga\.(\w+)/.exec(text)![1]!)
      return { rowCount: 0 }
    },
  }
  const running = forget({
    ...{ pool: pool as never, horizonMs, onlyFinished: true },
    trouble: error => troubles.push((error as Error).message),
  })
  return { asked, troubles, running }
}

test('rule 34: one kind that cannot be forgotten keeps none of the others', async () => {
  const { asked, troubles, running } = forgetting(86_400_000)
  await vi.waitFor(() => expect(asked).toEqual(['sagas', 'idempotency_keys', 'operator_acts', 'waiting']))
  expect(troubles).toEqual(['no connection'])
  await running.stop()
})

test('rule 34: with a topic that keeps its records for ever the database is not even asked', async () => {
  const { asked, running } = forgetting(Number.POSITIVE_INFINITY)
  // What it has begun it ends: it looks for the first time at once.
  await running.stop()
  expect(asked).toEqual([])
})
