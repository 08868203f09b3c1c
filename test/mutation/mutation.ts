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
import { scoreOf } from './score.ts'

const leastPercent = 90
const folder = import.meta.dirname
const { values, positionals: files } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: 'string', default: '2' } },
})

installPackages(folder, console.log)
const stryker = join(folder, 'node_modules/@stryker-mutator/core/bin/stryker.js')
const only = files.length > 0 ? ['--mutate', files.join(',')] : []
const options = [join(folder, 'stryker.json'), '--concurrency', values.concurrency, ...only]
const { status } = spawnSync(process.execPath, [stryker, 'run', ...options], { cwd: repository, stdio: 'inherit' })
if (status === 0) {
  const report = JSON.parse(readFileSync(join(repository, '.local/mutation/report.json'), 'utf8'))
  const { killed, survived, timedOut, percent } = scoreOf(report)
  console.log(`${percent.toFixed(1)} % noticed: ${killed} of ${killed + survived}, and ${timedOut} timed out`)
  process.exitCode = percent < leastPercent ? 1 : 0
} else process.exitCode = status ?? 1
