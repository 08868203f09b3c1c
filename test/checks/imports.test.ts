import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { readImports } from '../../shared/src/testing/conformance/read-imports.ts'
import { judge } from './import-rules.ts'

let root: string | undefined
afterEach(() => {
  if (root) rmSync(root, { recursive: true })
  root = undefined
})

/** Runs the real command on a repository of these files. */
function check(files: Record<string, string>) {
  root = mkdtempSync(join(tmpdir(), 'imports-'))
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return spawnSync(process.execPath, [join(import.meta.dirname, 'imports.ts'), root], { encoding: 'utf8' })
}

test('fails with one line for each violation', () => {
  const { status, stderr, stdout } = check({
    'services/order/src/participant.ts': `import { participant } from 'saga-kit'\nimport { stock } from 'shop-inventory'\n`,
    'services/order/src/routes.ts': `import { z } from 'zod'\nimport { Pool } from 'pg'\nimport '../../inventory/src/stock.ts'\n`,
    'services/order/node_modules/x/index.ts': `import 'kafkajs'`,
    'shared/src/core/fence.ts': `import { readFile } from 'node:fs/promises'\nimport type { Tx } from '../reaction.ts'\nimport { setting } from '../settings.ts'\n`,
    'shared/src/kafka/consume.ts': `import {\n  Kafka,\n} from 'kafkajs'\n`,
    'shared/src/tracing/spans.ts': `import { SpanKind } from '@opentelemetry/api'\n`,
  })
  expect(stderr.trim().split('\n')).toEqual([
    'services/order/src/participant.ts:2 imports shop-inventory: a service knows no other service; they meet in shop-schemas only',
    "services/order/src/routes.ts:2 imports pg: pg is the kit's to use; a service asks saga-kit",
    'services/order/src/routes.ts:3 imports ../../inventory/src/stock.ts: a service imports nothing outside its own folder but saga-kit and shop-schemas',
    'shared/src/core/fence.ts:1 imports node:fs/promises: the core is pure: no node:fs/promises',
    'shared/src/core/fence.ts:3 imports ../settings.ts: the core imports types only from here',
    'shared/src/kafka/consume.ts:1 imports kafkajs: only shared/src/kafka/client.ts imports kafkajs, since what must be mended in it is mended there',
    'shared/src/tracing/spans.ts:1 imports @opentelemetry/api: only shared/src/tracing/otlp.ts imports OpenTelemetry, since nothing of it is loaded while no traces are wanted',
  ])
  expect([status, stdout]).toEqual([1, ''])
})

test('passes what points inward', () => {
  const { status, stderr, stdout } = check({
    'services/order/src/participant.ts': `import { participant } from 'saga-kit'\nimport { runHttp } from 'saga-kit/runtime'\nimport { OrderPlaced } from 'shop-schemas'\nimport { z } from 'zod'\nimport { x } from './states.ts'\n`,
    'shared/src/core/fence.ts': `import { PermanentError } from '../errors.ts'\nimport type { Tx } from '../reaction.ts'\n// import 'pg'\n/* import 'kafkajs' */\n`,
    'shared/src/core/fence.test.ts': `import { test } from 'vitest'\n`,
    'shared/src/kafka/publish.test.ts': `import { proxy } from '../../../test/faults/tcp-proxy.ts'\nimport { outbound } from '../runtime/outbound.ts'\n`,
    'shared/src/postgres/save.ts': `import { columns } from './recordset.ts'\nimport { letter } from '../core/letter.ts'\nimport { StartError } from '../errors.ts'\n`,
    'shared/src/kafka/client.ts': `import { Kafka } from 'kafkajs'\n`,
    'test/end-to-end/x.test.ts': `import { order } from 'shop-order'\nimport pg from 'pg'\n`,
  })
  expect([status, stderr, stdout]).toEqual([0, '', 'imports point inward in 7 files\n'])
})

test.each([
  ['shared/src/postgres/save.ts', `import { OrderPlaced } from 'shop-schemas'`],
  ['shared/src/postgres/save.ts', `import { problem } from '../http/problems.ts'`],
  ['shared/src/postgres/save.ts', `import type { Log } from '../runtime/logs.ts'`],
  ['shared/src/kafka/consume.ts', `import type { Letter } from '../admin/contract.ts'`],
  ['shared/src/kafka/records/cursor.ts', `export { causeOf } from '../../operating/trace/cause.ts'`],
  ['shared/src/core/decide.ts', `import type { Pool } from '../postgres/pool.ts'`],
  ['shared/src/core/decide.ts', `export * from 'fastify'`],
  ['shared/src/core/decide.ts', `const pg = await import('pg')`],
  ['shared/src/states.ts', `import { pool } from './postgres/pool.ts'`],
  ['schemas/generate.ts', `import { order } from 'shop-order'`],
  ['infra/local/kafka.ts', `import { type Admin } from "kafkajs"`],
])('%s may not: %s', (file, source) => expect(judge(file, readImports(source))).toHaveLength(1))

test('reads imports of every form', () => {
  const source = `import a from 'a'\nimport b, { type c } from "b"\nimport * as d from 'd'\nimport type { e } from 'e'\nexport { f } from 'f'\nexport * from 'g'\nimport 'h'\nconst i = await import('i')\n  \`import { x } from 'in a template'\`\n`
  expect(readImports(source).map(({ specifier, isType }) => (isType ? `type ${specifier}` : specifier))).toEqual([
    'a',
    'b',
    'd',
    'type e',
    'f',
    'g',
    'h',
    'i',
  ])
})
