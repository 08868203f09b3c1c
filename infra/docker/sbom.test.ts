import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

interface Component {
  readonly name: string
  readonly version: string
  readonly purl?: string
  readonly hashes?: readonly { alg: string; content: string }[]
}

const root = resolve(import.meta.dirname, '../..')

test('names what is installed with version, hash and address, and no source of our own', () => {
  const args = ['--disable-warning=ExperimentalWarning', 'infra/docker/sbom.ts', 'services/order']
  const written = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 })
  const { metadata, components } = JSON.parse(written) as {
    metadata: { component: Component }
    components: readonly Component[]
  }
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
