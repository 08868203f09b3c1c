import { createServer } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newSagaId } from '../testing/engine.fixture.ts'
import { Noted, Paid } from '../testing/participant.fixture.ts'
import { type Deployment, deploy, eventually, sagaIn, sent } from '../testing/service.fixture.ts'

let ledger: Deployment
beforeEach(async () => {
  ledger = await deploy({ environment: { MAX_BATCH: '20' } })
})
afterEach(() => ledger.close())
const locks = () =>
  ledger.query(
    `select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
  )
const count = async (table: string) => (await ledger.query(`select from ${table}`)).length

test('stopped under load: what was taken is done, published and committed; the lock is free, the group left; the next one does the rest', async () => {
  const service = await ledger.start()
  const sagas = Array.from({ length: 400 }, (_, i) => sagaIn(i % 2))
  const load = ledger.publish(
    ...sagas.flatMap(sagaId => [
      sent(Paid, { sagaId, account: sagaId, amount: 1 }),
      sent(Noted, { sagaId, account: sagaId, amount: 1 }),
    ]),
  )
  const commands = Array.from({ length: 20 }, () =>
    service.post(`/sagas/${newSagaId()}/begin`, { account: newSagaId(), amount: 1 }).catch(() => ({ status: 0 })),
  )
  await eventually(
    'some are paid',
    () => count('payments'),
    paid => paid > 20,
  )
  await service.stop()
  await load

  expect(await count('saga.outbox')).toBe(0)
  expect(await locks()).toEqual([])
  expect(await ledger.members()).toEqual([])
  const offsets = [...(await ledger.committedOffsets()).values()].reduce((sum, offset) => sum + offset, 0)
  const steps = (await ledger.query(`select from saga.saga_log where step in ('pay', 'note')`)).length
  expect(offsets).toBe(steps)
  const published = async () => new Set((await ledger.records('ledger.events.v1')).map(r => r.headers.ce_id)).size
  const accepted = (await Promise.all(commands)).filter(({ status }) => status === 200).length
  expect(await ledger.query(`select from saga.saga_log where step = 'begin'`)).toHaveLength(accepted)
  expect(await published()).toBe((await count('payments')) + accepted)

  await ledger.start()
  await eventually(
    'the rest is paid',
    () => count('payments'),
    paid => paid === sagas.length,
  )
  await eventually('and published', published, found => found === sagas.length + accepted)
})

test('a port in use ends the start before anything is taken', async () => {
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, resolve))
  const { port } = other.address() as { port: number }
  const sagaId = sagaIn(0)
  await ledger.publish(sent(Paid, { sagaId, account: 'ann', amount: 1 }))
  await expect(ledger.start({ environment: { PORT: String(port) } })).rejects.toMatchObject({ code: 'port-in-use' })
  expect(await ledger.query('select from saga.sagas where saga_id = $1', [sagaId])).toEqual([])
  expect(await ledger.members()).toEqual([])
  expect(
    await ledger.query(
      `select from pg_stat_activity where datname = current_database() and application_name like 'ledger%'`,
    ),
  ).toEqual([])
  other.close()
})
