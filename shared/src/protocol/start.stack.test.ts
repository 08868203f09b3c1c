/** What a service says while it waits for what it needs, and of itself when it is up. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { freePorts } from '../../../infra/local/ports.ts'
import { type Deployment, deploy, eventually, sagaIn } from '../testing/service.fixture.ts'

let ledger: Deployment
beforeAll(async () => {
  ledger = await deploy()
})
afterAll(async () => {
  await ledger.stopAll()
  await ledger.close()
})

test('while its brokers are away it is alive, not ready, takes nothing and says what it waits for; then it is up', async () => {
  const [port, nobodys] = (await freePorts(2)) as [number, number]
  const [host = '', brokerPort] = inject('brokers')[0]!.split(':')
  let isThere = false
  const starting = ledger.start({
    environment: { PORT: String(port), KAFKA_BROKERS: `127.0.0.1:${nobodys}` },
    redirect: address => (isThere && address.port === nobodys ? { host, port: Number(brokerPort) } : address),
  })
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
  const metrics = async () => (await get('/metrics')).text()
  await eventually(
    'it says what it waits for',
    () => metrics().catch(() => ''),
    text => text.includes('saga_paused{cause="kafka",service="ledger"} 1'),
  )
  expect((await get('/livez')).status).toBe(200)
  const ready = await get('/readyz')
  expect([ready.status, await ready.json()]).toMatchObject([
    503,
    { code: 'not-ready', detail: 'start: waits for kafka' },
  ])
  const begin = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/sagas/${sagaId}/begin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'one' },
      body: JSON.stringify({ account: 'ann', amount: 5 }),
    })
    return [answer.status, await answer.json()]
  }
  const sagaId = sagaIn(0)
  expect(await begin()).toMatchObject([503, { code: 'starting' }])
  expect(await ledger.query('select from saga.sagas')).toEqual([])

  isThere = true
  await starting
  expect(await begin()).toEqual([200, { balance: 5 }])
  expect(await metrics()).toContain('saga_paused{cause="kafka",service="ledger"} 0')
})

test('it names its version, and keeps the keys of those who ask apart (rule 32)', async () => {
  const { port } = await ledger.start({ version: '1.2.3', principalOf: headers => String(headers['x-user']) })
  const { info } = (await (await fetch(`http://127.0.0.1:${port}/openapi.json`)).json()) as { info: object }
  expect(info).toEqual({ title: 'ledger', version: '1.2.3' })

  const sagaId = sagaIn(0)
  for (const user of ['ann', 'bob', 'ann'])
    await fetch(`http://127.0.0.1:${port}/sagas/${sagaId}/poke`, {
      method: 'POST',
      headers: { 'idempotency-key': 'apart', 'x-user': user },
    })
  const kept = await ledger.query(`select principal from saga.idempotency_keys where key = 'apart' order by principal`)
  expect(kept).toEqual([{ principal: 'ann' }, { principal: 'bob' }])
})
