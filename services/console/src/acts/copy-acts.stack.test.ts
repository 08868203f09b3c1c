import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdmin } from 'saga-kit/operating'
import { expect, onTestFinished, test } from 'vitest'
import { consoleDatabase } from '../database.fixture.ts'
import { copyActs } from './copy-acts.ts'

test('of a service that always has another page some are copied, and the rest the next time', async () => {
  const { pool, end } = await consoleDatabase()
  onTestFinished(end)
  const asked: string[] = []
  const server = createServer(({ url }, response) => {
    const after = Number(new URL(url!, 'http://x').searchParams.get('after') ?? 0)
    asked.push(String(after))
    const act = { at: new Date(after).toISOString(), operator: 'ann', act: 'replay', id: 'letter', sagaId: null }
    const acts = [
      {
        ...{ ...act, deaths: 1, plan: null, reason: null, forced: false },
        ...{ step: null, direction: null, errorCode: null },
      },
    ]
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ acts, next: `${after + 1}` }))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => server.closeAllConnections())
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const admins = [createAdmin({ service: 'pay', url, token: undefined, operator: 'ann' })]

  expect(await copyActs(pool, admins)).toEqual([])
  await copyActs(pool, admins)
  expect(asked).toEqual(Array.from({ length: 40 }, (_, n) => String(n)))
  const { rows } = await pool.query('select count(*)::integer as n from acts')
  expect(rows).toEqual([{ n: 40 }])
})
