import { z } from 'zod'
import { StartError } from '../errors.ts'
import { type Settings, setting, type ValuesOf, wholeNumber } from '../settings.ts'
import {
  brokerList,
  databaseUrl,
  durationBetween,
  fieldNames,
  httpUrl,
  intake,
  optional,
  port,
  share,
} from './setting-types.ts'

/** What every participant reads from its environment, whatever its saga. docs/settings.md is generated from this table. */
export const kitSettings = {
  databaseUrl: setting({
    env: 'DATABASE_URL',
    type: databaseUrl,
    description: "the service's own PostgreSQL database, like postgres://order:secret@localhost:5432/order",
  }),
  kafkaBrokers: setting({
    env: 'KAFKA_BROKERS',
    type: brokerList,
    description: 'bootstrap brokers, host:port separated by commas, like localhost:9092',
  }),
  kafkaRecordCodec: setting({
    env: 'KAFKA_RECORD_CODEC',
    type: z.enum(['own', 'stock'], { error: 'is neither own nor stock' }),
    default: 'own',
    description:
      'who writes and reads record batches: `own`, the kit, or `stock`, kafkajs, which does the same at several times the cost: should the kit’s be suspected of a fault. All else stays as it is: the kit’s publisher sends, and of kafkajs timers, half-open connections, lost memberships and long lists of headers stay mended',
  }),
  schemaRegistryUrl: setting({
    env: 'SCHEMA_REGISTRY_URL',
    type: httpUrl,
    description: 'Confluent-compatible schema registry, like http://localhost:8080/apis/ccompat/v7',
  }),
  schemaMode: setting({
    env: 'SCHEMA_MODE',
    type: z.enum(['register', 'lookup'], { error: 'is neither register nor lookup' }),
    default: 'register',
    description: '`register` writes missing schemas at start (development); `lookup` only reads them (production)',
  }),
  port: setting({
    env: 'PORT',
    type: port,
    default: '3000',
    description: 'HTTP port of the routes, probes and metrics; 0 takes any free one',
  }),
  adminPort: setting({
    env: 'ADMIN_PORT',
    type: optional(port),
    default: '',
    description:
      'port of the admin listener, where operators look at and handle dead letters; 0 takes any free one, empty opens none',
  }),
  adminToken: setting({
    env: 'ADMIN_TOKEN',
    type: optional(z.string().regex(/^[\x21-\x7e]{16,200}$/, 'is no token of 16 to 200 visible ASCII characters')),
    default: '',
    description:
      'bearer token of the admin listener, 16 to 200 visible ASCII characters; without one it listens on 127.0.0.1 only',
  }),
  adminUrl: setting({
    env: 'ADMIN_URL',
    type: optional(httpUrl),
    default: '',
    description:
      'where operators reach the admin listener, published with the declaration; empty: http://127.0.0.1:<port>, or with a token http://<host name>:<port>',
  }),
  logLevel: setting({
    env: 'LOG_LEVEL',
    type: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'is none of fatal, error, warn, info, debug, trace, silent',
    }),
    default: 'info',
    description: 'least severe level that is logged',
  }),
  logRedact: setting({
    env: 'LOG_REDACT',
    type: fieldNames,
    default: '*Minor,amount,balance,price,total',
    description:
      'names of fields whose values never reach a log, separated by commas, `*Minor` for all that end so; besides those of customers, secrets and message bodies, which never do',
  }),
  otlpEndpoint: setting({
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    type: optional(httpUrl),
    default: '',
    description:
      'where traces go, by OTLP over HTTP, like http://localhost:4318; empty: none, and nothing of OpenTelemetry is loaded. Its OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_TIMEOUT, OTEL_EXPORTER_OTLP_COMPRESSION and OTEL_RESOURCE_ATTRIBUTES count too',
  }),
  tracedShare: setting({
    env: 'OTEL_TRACES_SAMPLER_ARG',
    type: share,
    default: '1',
    description:
      'share of the traces that are sent, from 0 to 1, by the id of the trace: the same ones in all services that have the same share',
  }),
  retryMaxAttempts: setting({
    env: 'RETRY_MAX_ATTEMPTS',
    type: wholeNumber({ min: 1, max: 100 }),
    default: '5',
    description: 'tries of one message before it is a dead letter',
  }),
  retryBaseDelayMs: setting({
    env: 'RETRY_BASE_DELAY',
    type: durationBetween('1ms', '1h'),
    default: '1s',
    description: 'upper bound of the wait before the second try; doubles with every try (full jitter)',
  }),
  retryMaxDelayMs: setting({
    env: 'RETRY_MAX_DELAY',
    type: durationBetween('1ms', '1d'),
    default: '1m',
    description: 'the doubling stops here',
  }),
  topicPartitions: setting({
    env: 'TOPIC_PARTITIONS',
    type: wholeNumber({ min: 1, max: 1_000 }),
    default: '4',
    description:
      'partitions of every event topic; the same for all services, since partition n of all topics goes together',
  }),
  topicPrefix: setting({
    env: 'TOPIC_PREFIX',
    type: z.string().regex(/^[a-zA-Z0-9._-]{0,100}$/, 'is no topic prefix: at most 100 of a-z A-Z 0-9 . _ -'),
    default: '',
    description: 'put before every topic and group name, so that deployments can share a broker',
  }),
  intake: setting({
    env: 'INTAKE',
    type: intake,
    default: 'all',
    description:
      'for a database that was restored (docs/runbook.md): `none`, or only these topics, without the prefix and separated by commas; HTTP is served and timers wait',
    warning: 'only some messages are taken, and no timer fires, until it is unset',
  }),
  sagaImages: setting({
    env: 'SAGA_IMAGES',
    type: z.enum(['on', 'off'], { error: 'is neither on nor off' }),
    default: 'on',
    description:
      'whether a step keeps, in its row of the saga log, what it changed of its saga’s own rows, before and after; `off` where these are large',
  }),
  maxBatch: setting({
    env: 'MAX_BATCH',
    type: wholeNumber({ min: 1, max: 10_000 }),
    default: '500',
    description: 'most messages that share one transaction',
  }),
  databasePool: setting({
    env: 'DATABASE_POOL',
    type: wholeNumber({ min: 2, max: 200 }),
    default: '8',
    description:
      'connections to the database, besides the one that holds the sweeper lock, the one that forgets, and two while an audit runs',
  }),
  outboxMax: setting({
    env: 'OUTBOX_MAX',
    type: wholeNumber({ min: 1, max: 100_000_000 }),
    default: '100000',
    description: 'outbox rows at which HTTP commands are answered 503, while Kafka is away',
  }),
  underWayWaitMs: setting({
    env: 'UNDER_WAY_WAIT',
    type: durationBetween('100ms', '1h'),
    default: '5s',
    description:
      'how long a saga that a command begins may wait for its answer (`answeredBy`), by the answers that come a second; when more are under way, further ones are answered 503',
  }),
  underWayMax: setting({
    env: 'UNDER_WAY_MAX',
    type: wholeNumber({ min: 1, max: 100_000_000 }),
    default: '100000',
    description:
      'most sagas that an instance has begun and that nobody has answered, however fast answers come, and also while none come; then 503',
  }),
  publishWindowMs: setting({
    env: 'PUBLISH_WINDOW',
    type: durationBetween('100ms', '5m'),
    default: '5s',
    description:
      'how long after its commit a transaction may still publish its own events; later ones are the sweeper’s (rule 24)',
  }),
  migrations: setting({
    env: 'MIGRATIONS',
    type: z.enum(['apply', 'check'], { error: 'is neither apply nor check' }),
    default: 'apply',
    description:
      '`apply` brings the tables up to date at start; `check` refuses to start while a migration is pending (production)',
  }),
  shutdownTimeoutMs: setting({
    env: 'SHUTDOWN_TIMEOUT',
    type: durationBetween('1s', '1h'),
    default: '25s',
    description:
      'time for finishing the batch at hand on SIGTERM; keep it below the grace period of the platform (Kubernetes: 30s)',
  }),
} satisfies Settings

export type KitSettings = ValuesOf<typeof kitSettings>

/** What one setting alone cannot see. @throws StartError, one line that names both variables. */
export function checkTogether(s: KitSettings): void {
  const wrong = (message: string): never => {
    throw new StartError('settings-contradict', message)
  }
  if (s.retryBaseDelayMs > s.retryMaxDelayMs)
    wrong(
      `RETRY_BASE_DELAY (${s.retryBaseDelayMs} ms) is longer than RETRY_MAX_DELAY (${s.retryMaxDelayMs} ms): lower the first or raise the second`,
    )
  if (s.adminPort === undefined && (s.adminToken !== undefined || s.adminUrl !== undefined))
    wrong(
      `${s.adminToken === undefined ? 'ADMIN_URL' : 'ADMIN_TOKEN'} is set but ADMIN_PORT is not: set ADMIN_PORT, or no admin listener is opened`,
    )
  if (s.adminPort !== undefined && s.adminPort !== 0 && s.adminPort === s.port)
    wrong(`ADMIN_PORT and PORT are both ${s.port}: give the admin listener a port of its own`)
}
