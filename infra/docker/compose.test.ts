/** What docker-compose.yml must keep, whoever changes it; read as text, since not every machine has Docker. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { images } from '../containers/images.ts'
import { portsFrom } from '../local/ports.ts'
import { initdbArguments } from '../local/postgres-settings.ts'
import { consolePort } from '../shop/ports.ts'
import { services } from '../shop/topics.ts'

interface Service {
  readonly image: string
  readonly build?: unknown
  readonly command?: readonly string[]
  readonly ports?: readonly string[]
  readonly environment?: Readonly<Record<string, string | number>>
  readonly healthcheck?: unknown
  readonly init?: boolean
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly logging?: unknown
}

const root = resolve(import.meta.dirname, '../..')
const compose = parse(readFileSync(resolve(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>
}
const all = Object.entries(compose.services)
const named = all.map(([, { image }]) => image)

test('nothing is published beyond loopback', () => {
  const published = all.flatMap(([, { ports = [] }]) => ports)
  expect(published.length).toBeGreaterThan(0)
  expect(published.filter(port => !port.startsWith('127.0.0.1:'))).toEqual([])
})

test('the ports are those of the shop without containers', () => {
  const { kafka, registry } = portsFrom({})
  const published = all.flatMap(([, { ports = [] }]) => ports.flatMap(port => /:-(\d+)\}/.exec(port)?.[1] ?? []))
  const ours = [...Object.values(services), consolePort({})]
  expect(published).toEqual(expect.arrayContaining([kafka, registry, ...ours].map(String)))
})

test('no secret is in the file: they are read from files that are made at the first start', () => {
  const secrets = all.flatMap(([, { environment = {} }]) =>
    Object.keys(environment).filter(name => /(TOKEN|PASSWORD|SECRET|KEY)$/.test(name)),
  )
  expect(secrets).toEqual([])
})

test('containers have no rights, and those of our own write to no file of theirs', () => {
  expect(Object.keys(compose.services)).toEqual(expect.arrayContaining([...Object.keys(services), 'console']))
  for (const [name, service] of all) {
    expect(service.security_opt, name).toEqual(['no-new-privileges:true'])
    expect(service.logging, name).toEqual({ driver: 'local' })
    // PostgreSQL begins as root, to make its folder its own.
    if (name !== 'postgres') expect(service.cap_drop, name).toEqual(['ALL'])
    if (service.image.startsWith('shop-')) expect(service.read_only, name).toBe(true)
  }
})

test('what does not listen for signals itself has an init, and what does is process 1', () => {
  const ours = all.filter(([, { image }]) => image.startsWith('shop-'))
  for (const [name, { image, init = false }] of ours) expect(init, name).toBe(image === 'shop-setup')
})

test('whoever is waited for says whether it is well', () => {
  // Ours say so in the Dockerfile.
  const silent = all.filter(([, { image, healthcheck }]) => !image.startsWith('shop-') && !healthcheck)
  expect(silent.map(([name]) => name)).toEqual([])
})

test("the images are those of the tests' stack, and all but Grafana can be made from local parts", () => {
  expect(named).toEqual(expect.arrayContaining(Object.values(images)))
  const script = readFileSync(resolve(root, 'infra/docker/offline/build.sh'), 'utf8')
  const missing = named.filter(image => !image.startsWith('shop-') && !script.includes(`build ${image} `))
  expect(missing).toEqual([expect.stringMatching(/^grafana\//)])
})

test('PostgreSQL orders text as it does without containers', () => {
  const given = String(compose.services.postgres!.environment!.POSTGRES_INITDB_ARGS).split(' ')
  expect(given.toSorted()).toEqual(initdbArguments.toSorted())
})
