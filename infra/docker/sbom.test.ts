import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../local/test-stack.ts'

interface Component {
  readonly name: string
  readonly version: string
  readonly purl?: string
  readonly hashes?: readonly { alg: string; content: string }[]
}

const root = resolve(import.meta.dirname, '../..')

test('names what is installed with version, hash and address, and no source of our own', () => {
  const { metadata, components } = sbom('services/order')
  expect(metadata.component.name).toBe('shop-order')
  const named = (name: string) => components.find(component => component.name === name)
  expect(named('node')).toMatchObject({ version: process.versions.node })
  const kit = JSON.parse(readFileSync(resolve(root, 'shared/package.json'), 'utf8'))
  const version: string = kit.dependencies.kafkajs
  expect(named('kafkajs')).toMatchObject({ version, purl: `pkg:npm/kafkajs@${version}` })
  expect(named('kafkajs')?.hashes).toEqual([{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }])
  expect(named('@kafkajs/confluent-schema-registry')?.purl).toMatch(/^pkg:npm\/%40kafkajs\/confluent-schema-registry@/)
  expect(named('saga-kit')).toBeUndefined()
})

test('of what is there for development only, it names what is in the pages', () => {
  const { version } = JSON.parse(readFileSync(resolve(root, 'node_modules/react/package.json'), 'utf8'))
  const licenses = join(temporaryFolder(), 'licenses.json')
  writeFileSync(licenses, JSON.stringify([{ name: 'react', version, identifier: 'MIT' }]))
  const known = ['react', 'vite']
  const named = (...args: string[]) => sbom('services/console', ...args).components.filter(c => known.includes(c.name))
  expect(named()).toEqual([])
  expect(named(licenses)).toMatchObject([{ name: 'react', version, hashes: [{ alg: 'SHA-512' }] }])
})

function sbom(...args: string[]) {
  const command = ['--disable-warning=ExperimentalWarning', 'infra/docker/sbom.ts', ...args]
  const written = execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 })
  return JSON.parse(written) as { metadata: { component: Component }; components: readonly Component[] }
}
