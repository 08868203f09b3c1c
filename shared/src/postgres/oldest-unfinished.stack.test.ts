import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { oldestUnfinished } from './oldest-unfinished.ts'

let db: Database
beforeAll(async () => {
  db = await freshDatabase()
})
afterAll(() => db.close())

const insert = (type: string, kind: string, secondsAgo: number, sagaId = newSagaId()) =>
  db.query(
    `insert into saga.waiting (message_id, kind, saga_id, partition, message_type, seq, n, headers, created_at)
     values ($1, $2, $3, 0, $4, 1, 0, '{}', now() - make_interval(secs => $5))`,
    [`${type}-${kind}`, kind, sagaId, type, secondsAgo],
  )

test('the oldest that is neither done nor dead, for each type', async () => {
  const blocked = newSagaId()
  await insert('Paid', 'retry', 20)
  await insert('Paid', 'calling', 40)
  await insert('Noted', 'parked', 60)
  // Not unfinished, or somebody else's alarm.
  await insert('Alarm', 'timer', 1_000)
  await insert('Paid', 'dead', 2_000, blocked)
  await insert('Paid', 'parked', 1_500, blocked)
  const seconds = await oldestUnfinished(db.pool, ['Paid', 'Noted', 'Alarm', 'Undone'])
  expect(Object.fromEntries([...seconds].map(([type, age]) => [type, Math.floor(age / 20) * 20]))).toEqual({
    ...{ Paid: 40, Noted: 60, Alarm: 0, Undone: 0 },
  })
})
