import { type Settings, setting, type ValuesOf } from 'saga-kit'
import { durationBetween, type Environment, httpUrl, kitSettings, readWithoutSecrets } from 'saga-kit/parts'
import { z } from 'zod'
import { accessSettings, checkAccess } from './access/settings.ts'

const kit = kitSettings

/** The alert that misses audits waits three hours for one. */
const auditInterval = durationBetween('1m', '2h')
const everyOrOff = z.string().transform((text, context) => {
  if (text === 'off') return undefined
  const parsed = auditInterval.safeParse(text)
  if (parsed.success) return parsed.data
  context.addIssue('is neither off nor a duration from 1m to 2h')
  return z.NEVER
})

/** What the console reads from its environment. docs/settings.md is generated from this table. */
export const consoleSettings = {
  databaseUrl: {
    ...kit.databaseUrl,
    description: "the console's own PostgreSQL database, like postgres://console:secret@localhost:5432/console",
  },
  kafkaBrokers: kit.kafkaBrokers,
  kafkaRecordCodec: kit.kafkaRecordCodec,
  schemaRegistryUrl: kit.schemaRegistryUrl,
  topicPrefix: kit.topicPrefix,
  port: kit.port,
  logLevel: kit.logLevel,
  logRedact: kit.logRedact,
  migrations: kit.migrations,
  shutdownTimeoutMs: kit.shutdownTimeoutMs,
  databasePool: {
    ...kit.databasePool,
    description: 'connections to the database: half for what is observed, half for pages',
  },
  maxBatch: { ...kit.maxBatch, default: '2000', description: 'most records that share one transaction' },
  adminToken: {
    ...kit.adminToken,
    description: 'bearer token of the participants’ admin listeners; the same for all of them',
  },
  tokenToDeclared: setting({
    env: 'ADMIN_TOKEN_TO_DECLARED',
    type: z.enum(['true', 'false'], { error: 'is neither true nor false' }).transform(text => text === 'true'),
    default: 'false',
    description:
      '`true` sends the token to addresses that declarations name, too: where nobody else can write to that topic or listen on that network',
  }),
  admin: setting({
    env: 'ADMIN_ADDRESSES',
    type: z.string().transform(addresses),
    default: '',
    description:
      'addresses of admin listeners instead of those that are declared, like order=http://order:3101,balance=http://balance:3103; these are trusted with the token',
  }),
  ...accessSettings,
  searchFields: setting({
    env: 'SEARCH_FIELDS',
    type: z.string().transform(fields),
    default: 'customerId',
    description: 'fields of events by which sagas can be looked up, at most 8, separated by commas',
  }),
  overdueAfterMs: setting({
    env: 'OVERDUE_AFTER',
    type: durationBetween('1s', '30d'),
    default: '5m',
    description: 'how long an answer may take that no declaration promises by a time (`within`); later it is overdue',
  }),
  auditEveryMs: setting({
    env: 'AUDIT_EVERY',
    type: everyOrOff,
    default: '1h',
    description:
      'how often all participants are audited over the last seven days, from 1m to 2h, or `off`: then let a scheduler run `saga audit`',
  }),
  keepSettledMs: setting({
    env: 'KEEP_SETTLED',
    type: durationBetween('1m', '3650d'),
    default: '30d',
    description: 'how long a settled saga is kept, from its beginning',
  }),
  keepOpenMs: setting({
    env: 'KEEP_OPEN',
    type: durationBetween('1m', '3650d'),
    default: '180d',
    description: 'how long a saga is kept that has not settled, from its beginning',
  }),
} satisfies Settings

export type ConsoleSettings = ValuesOf<typeof consoleSettings>

/** @throws StartError, one line that names the variable and never shows a password */
export function readConsoleSettings(environment: Environment): ConsoleSettings {
  const settings = readWithoutSecrets(consoleSettings, environment)
  checkAccess(settings)
  return settings
}

function addresses(text: string, context: z.RefinementCtx): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const each of text === '' ? [] : text.split(',')) {
    const [, service, address] = /^([a-z][a-z0-9-]*)=(.+)$/.exec(each.trim()) ?? []
    const url = httpUrl.safeParse(address)
    if (service !== undefined && url.success) found.set(service, url.data)
    else context.addIssue('names no admin listeners; write it like order=http://host:3101,balance=http://host:3103')
  }
  return found
}

function fields(text: string, context: z.RefinementCtx): readonly string[] {
  const names = text === '' ? [] : text.split(',').map(name => name.trim())
  if (names.length > 8 || !names.every(name => /^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name)))
    context.addIssue('is no list of at most 8 fields; write it like customerId,sku')
  return names
}
