/**
 * Writes to stdout what a workspace's image is made of, as CycloneDX 1.6: the production dependencies, and what Vite's list
 * names of the others, which is in the bundle. It reads npm's record of what it has put there: `npm sbom` compares the
 * folder with the whole lock file, and gives up when workspaces are left out of it.
 *
 *   node sbom.ts services/order > sbom.cdx.json
 *   node sbom.ts services/console services/console/dist/.vite/licenses.json > sbom.cdx.json
 */
import { readFileSync } from 'node:fs'

interface Installed {
  readonly version?: string
  readonly integrity?: string
  readonly license?: string
  readonly link?: boolean
  readonly dev?: boolean
}
interface Named {
  readonly name: string
  readonly version: string
}

const [, , workspace, licenses] = process.argv
const { name, version } = JSON.parse(readFileSync(`${workspace}/package.json`, 'utf8')) as Named
const bundled = licenses === undefined ? [] : (JSON.parse(readFileSync(licenses, 'utf8')) as Named[])
const { packages } = JSON.parse(readFileSync('node_modules/.package-lock.json', 'utf8')) as {
  packages: Record<string, Installed>
}

const libraries = Object.entries(packages).flatMap(([path, { version, integrity, license, link, dev }]) => {
  const at = path.lastIndexOf('node_modules/')
  if (link || at < 0 || version === undefined) return [] // our own sources, at the other end of a link
  const name = path.slice(at + 'node_modules/'.length)
  if (dev && !bundled.some(one => one.name === name && one.version === version)) return []
  return {
    ...{ type: 'library', 'bom-ref': path, name, version, purl: `pkg:npm/${name.replace('@', '%40')}@${version}` },
    ...(license && { licenses: [/[ (]/.test(license) ? { expression: license } : { license: { name: license } }] }),
    ...(integrity?.startsWith('sha512-') && { hashes: [{ alg: 'SHA-512', content: hex(integrity.slice(7)) }] }),
  }
})
const platform = { type: 'platform', name: 'node', version: process.versions.node }

console.log(
  JSON.stringify(
    {
      ...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
      metadata: { component: { type: 'application', name, version } },
      components: [platform, ...libraries],
    },
    undefined,
    2,
  ),
)

function hex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex')
}
