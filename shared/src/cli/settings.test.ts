import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { exit } from './exit.ts'
import { type GlobalFlags, readCliSettings } from './settings.ts'

/** A project with this key in its package.json, seen from a folder two below that has a package.json without it. */
function projectOf(saga?: unknown): string {
  const root = mkdtempSync(join(tmpdir(), 'project-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const folder = join(root, 'services/order')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(root, 'package.json'), JSON.stringify({ saga }))
  writeFileSync(join(folder, 'package.json'), '{}')
  return folder
}
const project = { brokers: 'project:9092', topicPrefix: 'project.', registryUrl: 'http://project/' }
const environment = { KAFKA_BROKERS: 'env:9092', TOPIC_PREFIX: 'env.', SCHEMA_REGISTRY_URL: 'http://env', OTHER: 'x' }
const flags: GlobalFlags = { brokers: 'flag:9092,flag2:9092', topicPrefix: 'flag.', registry: 'http://flag' }

test('flags come before the environment, and that before the project', () => {
  const folder = projectOf(project)
  const of = ({ brokers, topicPrefix, registryUrl }: ReturnType<typeof readCliSettings>) => [
    brokers,
    topicPrefix,
    registryUrl,
  ]
  expect(of(readCliSettings(flags, environment, folder))).toEqual([['flag:9092', 'flag2:9092'], 'flag.', 'http://flag'])
  expect(of(readCliSettings({}, environment, folder))).toEqual([['env:9092'], 'env.', 'http://env'])
  expect(of(readCliSettings({}, { TOPIC_PREFIX: '' }, folder))).toEqual([
    ['project:9092'],
    'project.',
    'http://project',
  ])
  expect(of(readCliSettings({}, {}, projectOf()))).toEqual([undefined, '', undefined])
})

test('an operator is named by flag, environment or login', () => {
  const folder = projectOf()
  const operator = (f: GlobalFlags, env: Record<string, string>) => readCliSettings(f, env, folder).operator
  expect(operator({ operator: 'ann' }, { SAGA_OPERATOR: 'bob' })).toBe('ann')
  expect(operator({}, { SAGA_OPERATOR: 'bob' })).toBe('bob')
  expect(operator({}, {})).toMatch(/.+@.+/)
})

test('admin listeners are named by service', () =>
  expect([...readCliSettings({ admin: ['order=http://a:1/', 'stock-1=https://b'] }, {}, projectOf()).admin]).toEqual([
    ['order', 'http://a:1'],
    ['stock-1', 'https://b'],
  ]))

test.each<[GlobalFlags, Record<string, string>, unknown, RegExp]>([
  [{ brokers: 'localhost' }, {}, undefined, /^--brokers "localhost" is no list of brokers/],
  [{}, { SCHEMA_REGISTRY_URL: 'ftp://x' }, undefined, /^SCHEMA_REGISTRY_URL "ftp:\/\/x" is no http or https URL/],
  [{}, {}, { brokers: ':1' }, /^saga in .*package.json: brokers ":1" is no list of brokers/],
  [{}, {}, { broker: 'a:1' }, /^the key saga of .*package.json takes brokers, topicPrefix and registryUrl/],
  [{ admin: ['order'] }, {}, undefined, /^--admin "order" names no admin listener; write it like/],
  [{ operator: 'Ann\nX: y' }, {}, undefined, /^--operator .* is no name of an operator/],
])('%j is wrong usage, in one line that names the place', (wrong, env, saga, line) => {
  try {
    readCliSettings(wrong, env, projectOf(saga))
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ exitCode: exit.usage, message: expect.stringMatching(line) })
  }
})
