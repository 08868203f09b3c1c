import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { consoleDatabase } from '../database.fixture.ts'
import { Endings } from './ask-endings.ts'

const sagaIds = ['0198c0de-0000-7000-8000-000000000000', '0198c0de-0000-7000-8000-000000000001']
const hourAgo = new Date(Date.now() - 3_600_000).toISOString()

test('an ending that no index takes does not keep the others from being known', async () => {
  const { pool, end } = await consoleDatabase()
  onTestFinished(end)
  const endings = ['CONFIRMED', randomBytes(5_000).toString('hex')]
  const server = createServer((_, response) => {
    const sagas = sagaIds.map((sagaId, n) => ({
      ...{ sagaId, ending: endings[n], settledAt: hourAgo },
      ...{ figures: {}, unfinished: false, openLetter: false, discarded: [] },
    }))
    const page = { families: [], settles: true, sagas, next: null }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(page))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  await pool.query(
    `insert into sagas (saga_id, state, began_at, last_at, events, ask_at) select id, 'open', now(), now(), 1, now() from unnest($1::uuid[]) as id`,
    [sagaIds],
  )
  const { port } = server.address() as AddressInfo
  const asking = new Endings({
    ...{ pool, onSeen: async () => {}, trouble: () => {} },
    judgedBy: () => ({ declared: [], isAsked: true, overdueAfterMs: 60_000 }),
    declarations: () => ({
      declared: [{ service: 'desk', letterTopic: 'desk.dlq', adminUrl: `http://127.0.0.1:${port}`, reactions: [] }],
      unread: [],
    }),
    reach: {
      ...{ token: undefined, tokenToDeclared: false, admin: new Map(), operator: 'console' },
      settingNames: { admin: 'ADMIN_ADDRESSES', tokenToDeclared: 'ADMIN_TOKEN_TO_DECLARED' },
    },
  })
  asking.run()
  onTestFinished(() => asking.stop())
  await vi.waitFor(async () => {
    const { rows } = await pool.query('select state, ending from sagas order by saga_id')
    expect(rows).toEqual([
      { state: 'settled', ending: 'CONFIRMED' },
      { state: 'settled', ending: endings[1]!.slice(0, 200) },
    ])
  }, 30_000)
})
