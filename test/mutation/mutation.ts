/**
 * Changes the code a little, again and again, and sees whether a unit test notices:
 *   npm run mutation                            the core, and the services' handlers and states: hours
 *   npm run mutation -- shared/src/core/fence.ts services/balance/src/account.ts [--concurrency 1]
 * Ends with 1 when less than nine in ten are noticed.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { repository } from '../checks/generated-file.ts'
import { installPackages } from '../install-packages.ts'
import { parts } from './parts.ts'
import { type MutationReport, scoreOf } from './score.ts'

const leastPercent = 90
const folder = import.meta.dirname
const { values, positionals: files } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: 'string', default: '2' } },
})

installPackages(folder, console.log)
const stryker = join(folder, 'node_modules/@stryker-mutator/core/bin/stryker.js')
const reports: MutationReport[] = []
for (const part of parts) {
  const mutated = files.length > 0 ? files.filter(part.has) : part.mutated
  if (mutated.length === 0) continue
  const options = [join(folder, 'stryker.json'), '--concurrency', values.concurrency, '--mutate', mutated.join(',')]
  const { status } = spawnSync(process.execPath, [stryker, 'run', ...options], {
    ...{ cwd: repository, stdio: 'inherit', env: { ...process.env, MUTATED: part.name } },
  })
  if (status !== 0) process.exit(status ?? 1)
  reports.push(JSON.parse(readFileSync(join(repository, '.local/mutation/report.json'), 'utf8')))
}
const { killed, survived, timedOut, percent } = scoreOf(reports)
console.log(`${percent.toFixed(1)} % noticed: ${killed} of ${killed + survived}, and ${timedOut} timed out`)
process.exitCode = percent < leastPercent ? 1 : 0
