import { posix } from 'node:path'
import type { Import } from '../../shared/src/testing/conformance/read-imports.ts'

/** An import with the file that holds it. `target` is the path from the root for a relative import, else the package's name. */
interface Seen extends Import {
  readonly file: string
  readonly target: string
  readonly isRelative: boolean
}

/** Says why this import may not be, or undefined. First match wins. */
const rules: ((seen: Seen) => string | undefined)[] = [
  ({ file, target }) =>
    // A peer of the benchmark takes it as it is.
    target === 'kafkajs' && file !== 'shared/src/kafka/client.ts' && !file.startsWith('test/bench/peers/')
      ? 'only shared/src/kafka/client.ts imports kafkajs, since what must be mended in it is mended there'
      : undefined,

  ({ file, target }) =>
    target.startsWith('@opentelemetry/') && file !== 'shared/src/tracing/otlp.ts'
      ? 'only shared/src/tracing/otlp.ts imports OpenTelemetry, since nothing of it is loaded while no traces are wanted'
      : undefined,

  seen => {
    const own = /^services\/[^/]+\//.exec(seen.file)?.[0]
    if (!own) return undefined
    if (seen.isRelative)
      return seen.target.startsWith(own)
        ? undefined
        : 'a service imports nothing outside its own folder but saga-kit and shop-schemas'
    if (seen.target.startsWith('shop-') && seen.target !== 'shop-schemas')
      return 'a service knows no other service; they meet in shop-schemas only'
    if (ofTheKit.has(seen.target) && !(own === 'services/console/' && ofAnyService.has(seen.target)))
      return `${seen.target} is the kit's to use; a service asks saga-kit`
    return undefined
  },

  seen => {
    if (!seen.file.startsWith('shared/')) return undefined
    // Its tests need real brokers and databases, and faults in front of them.
    const mayStart = isForTests(seen.file) && /^(test\/|infra\/|shop-infra$)/.test(seen.target)
    if (mayStart) return undefined
    if (seen.isRelative)
      return seen.target.startsWith('shared/') ? undefined : 'the kit imports nothing outside shared/'
    return seen.target.startsWith('shop-') ? 'the kit knows no service and no schema of the shop' : undefined
  },

  seen => {
    if (!seen.file.startsWith('shared/src/core/')) return undefined
    const isTest = isForTests(seen.file)
    if (!seen.isRelative) return isTest && forTests.has(seen.target) ? undefined : `the core is pure: no ${seen.target}`
    if (seen.target.startsWith('shared/src/core/')) return undefined
    if (/^shared\/src\/[^/]+\.ts$/.test(seen.target))
      return seen.isType || isTest || plainData.has(seen.target) ? undefined : 'the core imports types only from here'
    return isTest && seen.target.startsWith('shared/src/testing/')
      ? undefined
      : 'the core imports nothing from the folders around it, not even types'
  },

  seen => {
    const own = /^shared\/src\/(postgres|kafka)\//.exec(seen.file)?.[0]
    if (!own || !seen.isRelative || isForTests(seen.file)) return undefined
    return seen.target.startsWith(own) || /^shared\/src\/(core\/.*|[^/]+\.ts)$/.test(seen.target)
      ? undefined
      : 'what reaches the database or the broker knows nothing of who uses it; it stands on the core'
  },

  seen => {
    if (!/^shared\/src\/[^/]+\.ts$/.test(seen.file) || !seen.isRelative || isForTests(seen.file)) return undefined
    const isSurface = seen.file === 'shared/src/kit.ts'
    if (/^shared\/src\/[^/]+\.ts$/.test(seen.target) || seen.isType || isSurface) return undefined
    return 'the participant API imports nothing from the folders that run it; only kit.ts gathers from them'
  },

  ({ file, target }) =>
    target.startsWith('shared/src/cli/') && !/^(shared\/src\/cli|shared\/bin|test)\//.test(file)
      ? 'nothing stands on the command line; it stands on the kit'
      : undefined,

  seen => {
    if (!seen.file.startsWith('schemas/')) return undefined
    if (seen.isRelative)
      return seen.target.startsWith('schemas/') ? undefined : 'schemas import nothing outside schemas/ but saga-kit'
    return seen.target.startsWith('shop-') && seen.target !== 'shop-schemas' ? 'schemas know no service' : undefined
  },
]
const ofTheKit = new Set([
  'pg',
  'fastify',
  'pino',
  'prom-client',
  'avsc',
  'node-pg-migrate',
  '@kafkajs/confluent-schema-registry',
])
/** The console is no participant: it has a database of its own making and an HTTP server that people see. */
const ofAnyService = new Set(['pg', 'fastify', 'pino', 'prom-client'])
const forTests = new Set(['vitest', 'fast-check', 'node:perf_hooks'])
/** Modules of values that themselves import nothing: errors and the outcomes' constructors. */
const plainData = new Set(['shared/src/errors.ts', 'shared/src/outcomes.ts'])

const isForTests = (file: string) => /\.(test|fixture)\.ts$/.test(file)

/** The violations in one file, a line each. */
export function judge(file: string, imports: readonly Import[]): string[] {
  return imports.flatMap(each => {
    const isRelative = each.specifier.startsWith('.')
    const target = isRelative ? posix.join(posix.dirname(file), each.specifier) : packageOf(each.specifier)
    const seen: Seen = { ...each, file, target, isRelative }
    const why = rules.map(rule => rule(seen)).find(Boolean)
    return why ? [`${file}:${each.line} imports ${each.specifier}: ${why}`] : []
  })
}

const packageOf = (specifier: string) =>
  specifier.startsWith('node:') ? specifier : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
