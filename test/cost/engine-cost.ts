/**
 * `node test/cost/engine-cost.ts [orders a batch] [batches] [--statements] [--mails]`: what an order costs the engines and their
 * databases, without Kafka and HTTP; with `--mails` each notification is an outside call.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { pidFile } from '../../infra/local/child.ts'
import { freePorts } from '../../infra/local/ports.ts'
import { findBinaries, preparePostgres } from '../../infra/local/postgres.ts'
import { cpuMicrosOf } from '../bench/figures/cpu.ts'
import { databaseCounts } from '../bench/figures/database.ts'
import { countStatements, dearestStatements, forgetStatements } from '../bench/figures/statements.ts'
import { startEngines } from './engines.ts'
import { run, stockUp } from './orders.ts'

const { values, positionals } = parseArgs({
  options: { statements: { type: 'boolean', default: false }, mails: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const [perBatch = 200, batches = 20] = positionals.map(Number)
const dataFolder = mkdtempSync(join(tmpdir(), 'engine-cost-'))
chmodSync(dataFolder, 0o711)
const [port] = await freePorts(1)
const postgres = await preparePostgres({
  ...{ binaries: await findBinaries(), dataFolder, port: port!, secret: 'cost', startLimitMs: 60_000 },
  ...{ report: () => {}, signal: new AbortController().signal },
})
await postgres.part.start()
const admin = new pg.Pool({ connectionString: postgres.url, max: 2 })
admin.on('error', () => {})
try {
  if (values.statements) {
    await countStatements(admin)
    await postgres.part.restart()
  }
  const engines = await startEngines(postgres.url, values)
  await stockUp(engines)
  for (let n = 0; n < 5; n++) await run(engines, perBatch)
  await admin.query('checkpoint')
  if (values.statements) await forgetStatements(admin)
  const server = JSON.parse(readFileSync(pidFile(dataFolder, 'postgres'), 'utf8'))
  const before = { ...(await databaseCounts(admin)), server: cpuMicrosOf(server), own: process.cpuUsage() }
  const beganMs = performance.now()
  for (let n = 0; n < batches; n++) await run(engines, perBatch)
  const tookMs = performance.now() - beganMs
  const own = process.cpuUsage(before.own)
  const after = { ...(await databaseCounts(admin)), server: cpuMicrosOf(server) }
  const orders = perBatch * batches
  const each = (n: number) => Math.round(n / orders)
  console.log(
    `${orders} orders, ${perBatch} at once: engines ${each(own.user + own.system)} us, PostgreSQL ${each(after.server - before.server)} us, ` +
      `WAL ${each(after.walBytes - before.walBytes)} B, ${Math.round((orders / tookMs) * 1_000)}/s`,
  )
  if (values.statements) console.log(await dearestStatements(admin))
  for (const engine of Object.values(engines)) await engine.close()
} finally {
  await admin.end()
  await postgres.part.discard()
  rmSync(dataFolder, { recursive: true, force: true })
}
