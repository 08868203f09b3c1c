import { expect, test } from 'vitest'
import { ledger } from '../testing/participant.fixture.ts'
import { readEnvironment } from './environment.ts'
import { createLog } from './logs.ts'
import { createMetrics } from './metrics.ts'
import { Pauses } from './pauses.ts'
import { createKafkaOf } from './prepare.ts'

test.each(['own', 'stock'])('KAFKA_RECORD_CODEC=%s says who writes and reads record batches', codec => {
  const { service } = ledger
  const { kit } = readEnvironment(ledger.settings, {
    DATABASE_URL: 'postgres://ledger:secret@localhost:5432/ledger',
    KAFKA_BROKERS: 'localhost:9092',
    SCHEMA_REGISTRY_URL: 'http://localhost:8080',
    KAFKA_RECORD_CODEC: codec,
  })
  const log = createLog({ service, level: 'silent' })
  const pauses = new Pauses(log, createMetrics({ service }))
  expect(createKafkaOf({ participant: ledger, kit, log, pauses }).cluster().recordCodec).toBe(codec)
})
