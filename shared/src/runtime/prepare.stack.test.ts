import { randomUUID } from 'node:crypto'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createDatabase } from '../../../infra/local/databases.ts'
import { openLink } from '../../../test/chaos/ground/link.ts'
import { createPool } from '../postgres/connect.ts'
import { ledger } from '../testing/participant.fixture.ts'
import type { KitSettings } from './kit-settings.ts'
import { createLog } from './logs.ts'
import { createMetrics } from './metrics.ts'
import { Pauses } from './pauses.ts'
import { prepareDatabase } from './prepare.ts'

test('a database that breaks off while the tables are prepared is asked again', async () => {
  const real = new URL(await createDatabase(inject('adminUrl'), `p${randomUUID().replaceAll('-', '').slice(0, 20)}`))
  const link = await openLink({ port: Number(real.port) })
  const url = Object.assign(new URL(real), { port: String(link.port) }).href
  const pool = createPool({ url, poolSize: 2, applicationName: 'prepare' })
  onTestFinished(async () => {
    await pool.end()
    await link.close()
  })
  let cuts = 0
  link.onRequest = data => {
    if (cuts === 2 || !data.includes('saga_kit_migrations')) return 'pass'
    cuts++
    return 'cut'
  }
  const service = 'ledger'
  const log = createLog({ service, level: 'silent' })
  const pauses = new Pauses(log, createMetrics({ service, steps: [] }))
  const participant = { ...ledger, states: {} }
  const kit = { databaseUrl: url, migrations: 'apply' } as KitSettings
  await prepareDatabase(pool, { participant, kit, log, pauses })
  expect(cuts).toBe(2)
  expect((await pool.query('select count(*) from saga.sagas')).rows).toEqual([{ count: 0 }])
})
