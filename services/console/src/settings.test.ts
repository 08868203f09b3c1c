import { expect, test } from 'vitest'
import { readConsoleSettings } from './settings.ts'

const required = {
  ...{ DATABASE_URL: 'postgres://console@localhost/console', KAFKA_BROKERS: 'localhost:9092' },
  SCHEMA_REGISTRY_URL: 'http://localhost:8080',
}
const auditEvery = (text?: string) => readConsoleSettings({ ...required, AUDIT_EVERY: text }).auditEveryMs

test('audits every hour unless told otherwise, and so often that the alert that misses them is right', () => {
  expect([auditEvery(), auditEvery('5m'), auditEvery('off')]).toEqual([3_600_000, 300_000, undefined])
  for (const text of ['3h', '1s', 'never'])
    expect(() => auditEvery(text)).toThrow(`AUDIT_EVERY=${text} is neither off nor a duration from 1m to 2h`)
})
