import { expect, onTestFinished, test } from 'vitest'
import { consoleDatabase } from '../database.fixture.ts'
import { findEvents } from './find-events.ts'

test('of a saga with more than a page can carry the first events are told in full, the others by what they are', async () => {
  const { pool, end } = await consoleDatabase()
  onTestFinished(end)
  const sagaId = '0198c0de-0000-7000-8000-000000000000'
  await pool.query(
    `insert into events (saga_id, id, source, service, type, topic, partition, "offset", at, seen_at, event, headers, body)
     select $1, n, '/pay', 'pay', 'Paid', 'pay.events', 0, n, now(), now(), '{"a": 1}', '{"b": "c"}', convert_to(repeat('x', 1048576), 'UTF8')
     from generate_series(1, 20) as n`,
    [sagaId],
  )
  const events = await findEvents(pool, sagaId)
  expect(events.map(({ offset }) => Number(offset))).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
  expect(events.map(({ bodyBase64 }) => bodyBase64 !== null)).toEqual(events.map((_, n) => n < 16))
  expect(events.at(0)).toMatchObject({ event: { a: 1 }, headers: { b: 'c' } })
  expect(events.at(-1)).toMatchObject({ event: null, headers: {}, type: 'Paid' })
})
