/**
 * Packs the kit for use outside this repository:  node shared/pack.ts [folder for the tarball]
 * Node refuses to strip types under node_modules, so the tarball holds .js and .d.ts.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const shared = import.meta.dirname
const root = resolve(shared, '..')
const dist = join(shared, 'dist')
const destination = resolve(process.argv[2] ?? dist)

rmSync(dist, { recursive: true, force: true })
// lib/ stands where src/ stands here: the kit finds its migrations beside it.
execFileSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(shared, 'tsconfig.pack.json')],
  { stdio: 'inherit' },
)
cpSync(join(shared, 'migrations'), join(dist, 'migrations'), { recursive: true })
// The bin of the sources starts what is in src/.
const bin = readFileSync(join(shared, 'bin/saga.js'), 'utf8')
mkdirSync(join(dist, 'bin'))
writeFileSync(join(dist, 'bin/saga.js'), bin.replace('../src/cli/main.ts', '../lib/cli/main.js'), { mode: 0o755 })
cpSync(join(root, 'LICENSE'), join(dist, 'LICENSE'))
cpSync(join(shared, 'README.md'), join(dist, 'README.md'))

const {
  name,
  version,
  license,
  type,
  dependencies,
  bin: bins,
  exports,
} = JSON.parse(readFileSync(join(shared, 'package.json'), 'utf8'))
const entry = (source: string) => {
  const file = source.replace('./src/', './lib/').replace(/\.ts$/, '')
  return { types: `${file}.d.ts`, default: `${file}.js` }
}
const packed = {
  ...{ name, version, license, type, dependencies },
  description: 'What a service needs to take part in choreographed sagas on Kafka and PostgreSQL.',
  engines: { node: '>=24' },
  bin: bins,
  exports: Object.fromEntries(Object.entries<string>(exports).map(([path, source]) => [path, entry(source)])),
  files: ['bin', 'lib', 'migrations'],
}
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(packed, null, 2)}\n`)
mkdirSync(destination, { recursive: true })
execFileSync('npm', ['pack', '--silent', '--pack-destination', destination], { cwd: dist, stdio: 'inherit' })
