import { existsSync, readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Reach } from '../operating/reach.ts'
import { brokerList, httpUrl } from '../runtime/setting-types.ts'
import { wrongUsage } from './exit.ts'

export interface CliSettings extends Reach {
  readonly registryUrl: string | undefined
}

/** As commander gives them. */
export interface GlobalFlags {
  readonly brokers?: string
  readonly topicPrefix?: string
  readonly registry?: string
  readonly admin?: readonly string[]
  readonly tokenToDeclared?: boolean
  readonly operator?: string
  readonly json?: boolean
}
type Environment = Readonly<Record<string, string | undefined>>

/** Flags before the environment before the key `saga` of the nearest package.json that has one. */
export function readCliSettings(flags: GlobalFlags, env: Environment, folder: string): CliSettings {
  const project = projectSettings(folder)
  const first = <T>(
    type: z.ZodType<T, string>,
    ...named: [name: string, text: string | undefined][]
  ): T | undefined => {
    const [name, text] = named.find(([, each]) => each !== undefined && each !== '') ?? []
    if (name === undefined || text === undefined) return undefined
    const parsed = type.safeParse(text)
    if (parsed.success) return parsed.data
    throw wrongUsage(`${name} ${JSON.stringify(text)} ${parsed.error.issues[0]?.message}`)
  }
  const of = project && `saga in ${project.file}:`
  return {
    brokers: first(
      brokerList,
      ['--brokers', flags.brokers],
      ['KAFKA_BROKERS', env.KAFKA_BROKERS],
      [`${of} brokers`, project?.saga.brokers],
    ),
    topicPrefix:
      first(
        topicPrefix,
        ['--topic-prefix', flags.topicPrefix],
        ['TOPIC_PREFIX', env.TOPIC_PREFIX],
        [`${of} topicPrefix`, project?.saga.topicPrefix],
      ) ?? '',
    registryUrl: first(
      httpUrl,
      ['--registry', flags.registry],
      ['SCHEMA_REGISTRY_URL', env.SCHEMA_REGISTRY_URL],
      [`${of} registryUrl`, project?.saga.registryUrl],
    ),
    token: env.ADMIN_TOKEN || undefined,
    tokenToDeclared: flags.tokenToDeclared ?? false,
    admin: new Map((flags.admin ?? []).map(adminAddress)),
    operator:
      first(operatorName, ['--operator', flags.operator], ['SAGA_OPERATOR', env.SAGA_OPERATOR]) ??
      `${userInfo().username}@${hostname()}`,
    settingNames: { admin: '--admin', tokenToDeclared: '--token-to-declared' },
  }
}

const topicPrefix = z.string().regex(/^[\w.-]{1,100}$/, 'is no topic prefix: at most 100 of a-z A-Z 0-9 . _ -')
/** It travels in a header. */
const operatorName = z.string().regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,98}[\x21-\x7e])?$/, {
  error: 'is no name of an operator: at most 100 visible ASCII characters',
})

function adminAddress(text: string): [service: string, url: string] {
  const [, service, url] = /^([a-z][a-z0-9-]*)=(.+)$/s.exec(text) ?? []
  const parsed = httpUrl.safeParse(url)
  if (service === undefined || !parsed.success)
    throw wrongUsage(`--admin ${JSON.stringify(text)} names no admin listener; write it like order=http://host:3101`)
  return [service, parsed.data]
}

const saga = z.strictObject({
  brokers: z.string().optional(),
  topicPrefix: z.string().optional(),
  registryUrl: z.string().optional(),
})

function projectSettings(folder: string): { file: string; saga: z.infer<typeof saga> } | undefined {
  const file = join(folder, 'package.json')
  const found = existsSync(file) ? (readJson(file) as { saga?: unknown } | null)?.saga : undefined
  if (found === undefined) return dirname(folder) === folder ? undefined : projectSettings(dirname(folder))
  const parsed = saga.safeParse(found)
  if (parsed.success) return { file, saga: parsed.data }
  throw wrongUsage(
    `the key saga of ${file} takes brokers, topicPrefix and registryUrl, each a text: ${z.prettifyError(parsed.error).split('\n')[0]}`,
  )
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw wrongUsage(`${file} cannot be read: ${(error as Error).message}`)
  }
}
