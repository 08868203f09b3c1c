import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdmin } from 'saga-kit/operating'
import { expect, onTestFinished, test } from 'vitest'
import { consoleDatabase } from '../database.fixture.ts'
import { lookAtSagas } from './look-at-sagas.ts'

const sagaIds = Array.from({ length: 6 }, (_, n) => `0198c0de-0000-7000-8000-00000000000${n}`)
const hourAgo = new Date(Date.now() - 3_600_000).toISOString()

test('sagas of which a participant says what cannot be kept do not hold up the others', async () => {
  const { pool, end } = await consoleDatabase()
  onTestFinished(end)
  // Five are looked at together: those that are due the longest wait for messages whose ids no index takes.
  const last = sagaIds.at(-1)!
  const server = createServer(({ url }, response) => {
    const sagaId = url!.split('/').at(-1)!
    const message = {
      ...{ id: sagaId === last ? 'm' : randomBytes(5_000).toString('hex'), kind: 'retry', messageType: 'Booked' },
      ...{ step: 'charge', direction: 'action', dueAt: hourAgo, attempts: 1, deaths: 0, createdAt: hourAgo },
      ...{ errorCode: null, errorMessage: null },
    }
    const state = { service: 'pay', sagaId, createdAt: hourAgo, log: [], waiting: [message], unpublished: [], acts: [] }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(state))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const admins = [createAdmin({ service: 'pay', url, token: undefined, operator: 'console' })]
  await pool.query(
    `insert into sagas (saga_id, state, began_at, last_at, events, awaited_by)
     select id, 'open', now(), now(), 1, date_trunc('milliseconds', now()) - interval '1 h' + n * interval '1 s' from unnest($1::uuid[]) with ordinality as s (id, n)`,
    [sagaIds],
  )

  const look = () => lookAtSagas(pool, { participants: { admins, declared: [], silent: [] }, overdueAfterMs: 1_000 })
  await expect(look()).rejects.toThrow(/index row/)
  expect(await look()).toBe(1)
  const { rows } = await pool.query('select saga_id from sagas where overdue')
  expect(rows).toEqual([{ saga_id: last }])
})

test('two consoles that look at one saga at once keep one look, with what it found once', async () => {
  const { pool, end } = await consoleDatabase()
  onTestFinished(end)
  const [sagaId] = sagaIds as [string]
  // Both have chosen the saga before either has found anything.
  let asked = 0
  const both = Promise.withResolvers<void>()
  const answer = async (response: ServerResponse) => {
    if (++asked === 2) both.resolve()
    await both.promise
    const message = {
      ...{ id: 'm', kind: 'retry', messageType: 'Booked', step: 'charge', direction: 'action', dueAt: hourAgo },
      ...{ attempts: 1, deaths: 0, createdAt: hourAgo, errorCode: null, errorMessage: null },
    }
    const state = { service: 'pay', sagaId, createdAt: hourAgo, log: [], waiting: [message], unpublished: [], acts: [] }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(state))
  }
  const server = createServer((_, response) => void answer(response)).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const admins = [createAdmin({ service: 'pay', url, token: undefined, operator: 'console' })]
  await pool.query(
    `insert into sagas (saga_id, state, began_at, last_at, events, awaited_by)
     values ($1, 'open', now(), now(), 1, date_trunc('milliseconds', now()) - interval '1 h')`,
    [sagaId],
  )
  const look = () => lookAtSagas(pool, { participants: { admins, declared: [], silent: [] }, overdueAfterMs: 1_000 })
  expect(await Promise.all([look(), look()])).toEqual([1, 1])
  expect((await pool.query('select looks from looks')).rows).toEqual([{ looks: 1 }])
  expect((await pool.query('select step, attempts from overdue_steps')).rows).toEqual([{ step: 'charge', attempts: 1 }])
  expect((await pool.query('select overdue, awaited_by > now() as later from sagas')).rows).toEqual([
    { overdue: true, later: true },
  ])
})
