import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { StartError } from '../errors.ts'
import { durationMs, setting } from '../settings.ts'
import { readEnvironment, redactValue, warningsOf } from './environment.ts'

const good = {
  DATABASE_URL: 'postgres://order:hunter2@localhost:5432/order',
  KAFKA_BROKERS: 'localhost:9092',
  SCHEMA_REGISTRY_URL: 'http://localhost:8080/apis/ccompat/v7',
}
const refusal = (environment: Record<string, string | undefined>, own = {}) => {
  try {
    readEnvironment(own, environment)
  } catch (error) {
    if (error instanceof StartError) return error
    throw error
  }
  throw new Error('the start was not refused')
}

test('three variables are enough; the rest has defaults', () => {
  expect(readEnvironment({}, good).kit).toEqual({
    databaseUrl: good.DATABASE_URL,
    kafkaBrokers: ['localhost:9092'],
    kafkaRecordCodec: 'own',
    schemaRegistryUrl: 'http://localhost:8080/apis/ccompat/v7',
    schemaMode: 'register',
    migrations: 'apply',
    port: 3000,
    adminPort: undefined,
    adminToken: undefined,
    adminUrl: undefined,
    logLevel: 'info',
    logRedact: ['*Minor', 'amount', 'balance', 'price', 'total'],
    otlpEndpoint: undefined,
    tracedShare: 1,
    retryMaxAttempts: 5,
    retryBaseDelayMs: 1_000,
    retryMaxDelayMs: 60_000,
    topicPartitions: 4,
    topicPrefix: '',
    intake: 'all',
    maxBatch: 500,
    databasePool: 8,
    outboxMax: 100_000,
    underWayWaitMs: 5_000,
    underWayMax: 100_000,
    publishWindowMs: 5_000,
    shutdownTimeoutMs: 25_000,
    sagaImages: 'on',
  })
})

test("reads the participant's own settings beside the kit's", () => {
  const own = { orderTimeoutMs: setting({ env: 'ORDER_TIMEOUT', type: durationMs, default: '15m', description: 'd' }) }
  expect(readEnvironment(own, { ...good, ORDER_TIMEOUT: '2s' }).own.orderTimeoutMs).toBe(2_000)
})

test('takes several brokers, IPv6 too, and forgives spaces', () => {
  expect(readEnvironment({}, { ...good, KAFKA_BROKERS: 'kafka-1.prod:9092, [::1]:9093' }).kit.kafkaBrokers).toEqual([
    'kafka-1.prod:9092',
    '[::1]:9093',
  ])
})

test.each(['DATABASE_URL', 'KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL'])('%s is required, and an empty one is none', env => {
  for (const value of [undefined, ''])
    expect(refusal({ ...good, [env]: value })).toMatchObject({
      code: 'setting-missing',
      message: expect.stringContaining(`${env} is not set`),
    })
})

test.each([
  ['DATABASE_URL', 'mysql://localhost/order', 'is no PostgreSQL URL'],
  ['DATABASE_URL', 'postgres://localhost:5432', 'is no PostgreSQL URL'],
  ['DATABASE_URL', 'localhost', 'is no PostgreSQL URL'],
  ['KAFKA_BROKERS', 'localhost', 'is no list of brokers'],
  ['KAFKA_BROKERS', 'localhost:9092,', 'is no list of brokers'],
  ['KAFKA_BROKERS', 'localhost:99999', 'is no list of brokers'],
  ['KAFKA_BROKERS', 'localhost:0', 'is no list of brokers'],
  ['KAFKA_BROKERS', 'http://localhost:9092', 'is no list of brokers'],
  ['KAFKA_RECORD_CODEC', 'kafkajs', 'is neither own nor stock'],
  ['SCHEMA_REGISTRY_URL', 'localhost:8080', 'is no http or https URL'],
  ['SCHEMA_REGISTRY_URL', 'ftp://registry', 'is no http or https URL'],
  ['SCHEMA_MODE', 'Register', 'is neither register nor lookup'],
  ['MIGRATIONS', 'skip', 'is neither apply nor check'],
  ['PORT', '65536', 'is no whole number from 0 to 65535'],
  ['PORT', '-1', 'is no whole number'],
  ['PORT', '3e3', 'is no whole number'],
  ['ADMIN_PORT', 'admin', 'is no whole number from 0 to 65535'],
  ['ADMIN_TOKEN', 'short', 'is no token of 16 to 200'],
  ['ADMIN_TOKEN', 'with a space in it!', 'is no token'],
  ['LOG_LEVEL', 'verbose', 'is none of fatal, error'],
  ['LOG_REDACT', 'amount,,price', 'is no list of field names'],
  ['LOG_REDACT', 'Mi*nor', 'is no list of field names'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318', 'is no http or https URL'],
  ['OTEL_TRACES_SAMPLER_ARG', '1.5', 'is no share'],
  ['OTEL_TRACES_SAMPLER_ARG', '5%', 'is no share'],
  ['RETRY_MAX_ATTEMPTS', '0', 'is no whole number from 1 to 100'],
  ['RETRY_BASE_DELAY', '1', 'is no duration'],
  ['RETRY_BASE_DELAY', '0ms', 'is not between 1ms and 1h'],
  ['RETRY_MAX_DELAY', '2d', 'is not between 1ms and 1d'],
  ['RETRY_MAX_DELAY', '1 m', 'is no duration'],
  ['TOPIC_PARTITIONS', '0', 'is no whole number from 1'],
  ['TOPIC_PREFIX', 'dev/', 'is no topic prefix'],
  ['MAX_BATCH', '0', 'is no whole number from 1 to 10000'],
  ['DATABASE_POOL', '1', 'is no whole number from 2 to 200'],
  ['OUTBOX_MAX', '1.5', 'is no whole number'],
  ['UNDER_WAY_WAIT', '1', 'is no duration'],
  ['UNDER_WAY_MAX', '0', 'is no whole number from 1'],
  ['PUBLISH_WINDOW', '5', 'is no duration'],
  ['SHUTDOWN_TIMEOUT', '10ms', 'is not between 1s and 1h'],
])('%s=%s stops the start with one line that names it', (env, value, complaint) => {
  const error = refusal({ ...good, [env]: value })
  expect(error.code).toBe('setting-wrong')
  expect(error.message).toMatch(new RegExp(`^${env}=`))
  expect(error.message).toContain(complaint)
  expect(error.message).not.toContain('\n')
})

describe('settings that contradict each other', () => {
  test.each([
    [{ RETRY_BASE_DELAY: '2m' }, 'RETRY_BASE_DELAY (120000 ms) is longer than RETRY_MAX_DELAY (60000 ms)'],
    [{ ADMIN_TOKEN: 'a'.repeat(16) }, 'ADMIN_TOKEN is set but ADMIN_PORT is not'],
    [{ ADMIN_URL: 'http://x' }, 'ADMIN_URL is set but ADMIN_PORT is not'],
    [{ ADMIN_PORT: '3000', ADMIN_TOKEN: 'a'.repeat(16) }, 'ADMIN_PORT and PORT are both 3000'],
  ])('%j', (environment, complaint) =>
    expect(refusal({ ...good, ...environment })).toMatchObject({
      code: 'settings-contradict',
      message: expect.stringContaining(complaint),
    }),
  )

  test("a participant's setting may not take a name of the kit", () => {
    const own = { port: setting({ env: 'PORT', type: z.string(), description: 'd' }) }
    expect(refusal(good, own).code).toBe('setting-twice')
  })
})

describe('a password is never shown', () => {
  test.each([
    'postgres://order:hunter2@localhost',
    'postgres:/order:hunter2@localhost/order',
    'order:hunter2@localhost/order',
    'mysql://order:p/w@hunter2@localhost/order',
    'postgres://localhost:port/order?password=hunter2',
    'hunter2',
  ])('DATABASE_URL=%s', url => {
    const error = refusal({ ...good, DATABASE_URL: url })
    expect(error.message).toBe(
      'DATABASE_URL=[redacted] is no PostgreSQL URL; write it like postgres://user:password@host:5432/database',
    )
    expect(String(error.cause)).not.toContain('hunter2')
  })

  test('nor one in another URL, or a token', () => {
    expect(refusal({ ...good, SCHEMA_REGISTRY_URL: 'ftp://app:hunter2@registry/path' }).message).toMatch(
      /^SCHEMA_REGISTRY_URL=\[redacted\]@registry\/path is no http/,
    )
    expect(refusal({ ...good, ADMIN_TOKEN: 'hunter2' }).message).not.toContain('hunter2')
    expect(redactValue('SMTP_URL', 'smtp://a:hunter2@b')).toBe('[redacted]@b')
  })

  test('a value of many lines stays on one', () =>
    expect(refusal({ ...good, PORT: '1\n2' }).message).toBe('PORT=1?2 is no whole number from 0 to 65535'))
})

test('a setting that makes trouble on purpose is told of whenever it is set', () => {
  const drill = setting({ env: 'FAIL_FOR', type: z.string(), default: '', description: '', warning: 'a drill' })
  const quiet = setting({ env: 'QUIET', type: z.string(), default: '', description: '' })
  expect(warningsOf({ drill, quiet }, { FAIL_FOR: 'ada', QUIET: 'x' })).toEqual(['FAIL_FOR is set: a drill'])
  expect(warningsOf({ drill, quiet }, { FAIL_FOR: '' })).toEqual([])
})
